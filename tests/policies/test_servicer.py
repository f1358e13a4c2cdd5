"""The answers that the engine gets, asked as the engine asks."""

import datetime
from typing import Any

import pytest
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.proxy import UNKNOWN_BOOLEAN_VALUE

from policies import servicer
from policies.pack import NAME, policy_of
from policies.rule import AnyRule
from policies.rules import RULES
from policies.servicer import Servicer
from policies.unknowns import SECRET_MARK, SIGNATURE, Secret, decode_struct
from tests.policies.manifests import container, owned, resource, spec
from tests.policies.rules.stack.builders import deployment, policy

RULE = "pod-no-privileged"
STACK_RULE = "stack-netpol-coverage"
FEW = tuple(
    rule
    for rule in RULES
    if rule.name in (RULE, "pod-no-host-path", "secret-is-marked", STACK_RULE, "stack-strict-unknowns")
)
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
BAD = spec(containers=[container(privileged=True)], volumes=[{"name": "v", "hostPath": {"path": "/data"}}])


class AbortedError(Exception):
    """What the context raises when a call is aborted."""


class Context:
    """The context of a call, which keeps what it was aborted with."""

    code: Any = None
    details = ""

    def abort(self, code: object, details: str, /) -> None:
        self.code, self.details = code, details
        raise AbortedError


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> Servicer:
    return serving(FEW, monkeypatch)


def serving(rules: tuple[AnyRule, ...], monkeypatch: pytest.MonkeyPatch) -> Servicer:
    """The pack of these rules."""
    monkeypatch.setattr(Servicer, "rules", rules)
    return Servicer(NAME, "0.0.1", [policy_of(rule) for rule in rules], EnforcementLevel.ADVISORY)


def asked(pod: Any, kind: str = "kubernetes:apps/v1:Deployment") -> Any:
    judged = owned(pod)
    request = proto.AnalyzeRequest(type=kind, urn=judged.urn, name=judged.name)
    request.properties.update(judged.properties)
    return request


def configured(pack: Servicer, **rules: Any) -> Context:
    request = proto.ConfigureAnalyzerRequest()
    for rule in FEW:
        level, options = rules.get(rule.name.replace("-", "_"), (proto.MANDATORY, {}))
        request.policyConfig[rule.name].enforcementLevel = level
        request.policyConfig[rule.name].properties.update(options)
    context = Context()
    pack.Configure(request, context)
    return context


def exemption(expires: str) -> dict[str, Any]:
    resource = "kubernetes:apps/v1:Deployment::web"
    return {"exemptions": [{"resource": resource, "reason": "is being rebuilt", "expires": expires}]}


def test_each_violation_carries_its_own_rule_level_and_severity(pack: Servicer) -> None:
    found = pack.Analyze(asked(BAD), None).diagnostics  # type: ignore[attr-defined]
    assert {(each.policyName, each.enforcementLevel, each.severity) for each in found} == {
        (RULE, proto.MANDATORY, proto.POLICY_SEVERITY_CRITICAL),
        ("pod-no-host-path", proto.MANDATORY, proto.POLICY_SEVERITY_HIGH),
    }
    assert {each.policyPackName for each in found} == {NAME}
    assert all("Fix: " in each.message for each in found)


def test_a_resource_is_decoded_once_for_all_rules(pack: Servicer, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def counted(struct: Any) -> object:
        calls.append(struct)
        return decode_struct(struct)

    monkeypatch.setattr(servicer, "decode_struct", counted)
    pack.Analyze(asked(BAD), None)
    assert len(calls) == 1


def test_a_configured_level_reaches_the_engine(pack: Servicer) -> None:
    configured(pack, pod_no_privileged=(proto.ADVISORY, {}), pod_no_host_path=(proto.DISABLED, {}))
    found = pack.Analyze(asked(BAD), None).diagnostics  # type: ignore[attr-defined]
    assert [(each.policyName, each.enforcementLevel) for each in found] == [(RULE, proto.ADVISORY)]


def test_a_configured_exemption_reaches_the_engine(pack: Servicer) -> None:
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    configured(pack, pod_no_privileged=(proto.MANDATORY, exemption(str(tomorrow))))
    levels = {each.policyName: each.enforcementLevel for each in pack.Analyze(asked(BAD), None).diagnostics}  # type: ignore[attr-defined]
    assert levels == {RULE: proto.ADVISORY, "pod-no-host-path": proto.MANDATORY}


def test_an_expired_exemption_ends_the_run_with_its_sentence(pack: Servicer) -> None:
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig[RULE].enforcementLevel = proto.MANDATORY
    request.policyConfig[RULE].properties.update(exemption("2020-01-01"))
    context = Context()
    with pytest.raises(AbortedError):
        pack.Configure(request, context)
    assert context.code.name == "INVALID_ARGUMENT"
    assert "expired on 2020-01-01" in context.details


def test_the_engine_is_told_everything_about_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = serving(RULES, monkeypatch)
    told = {policy.name: policy for policy in pack.GetAnalyzerInfo(None, None).policies}  # type: ignore[no-untyped-call]
    assert set(told) == {rule.name for rule in RULES}
    levels = {EnforcementLevel.MANDATORY: proto.MANDATORY, EnforcementLevel.ADVISORY: proto.ADVISORY}
    for rule in RULES:
        policy = told[rule.name]
        assert policy.enforcementLevel == levels[rule.level]
        assert policy.policy_type == (
            proto.PolicyType.POLICY_TYPE_RESOURCE if rule.judge else proto.PolicyType.POLICY_TYPE_STACK
        )
        assert policy.severity != proto.POLICY_SEVERITY_UNSPECIFIED
        assert list(policy.tags) == rule.references.tags()
        assert rule.why in policy.remediation_steps
        assert rule.remediation in policy.remediation_steps
        assert set(policy.configSchema.properties) == {"exemptions", *rule.options}


def test_rules_of_the_pod_security_standards_name_that_framework_and_no_others_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack = serving(RULES, monkeypatch)
    told = {policy.name: policy for policy in pack.GetAnalyzerInfo(None, None).policies}  # type: ignore[no-untyped-call]
    for rule in RULES:
        levels = rule.references.pod_security
        framework = told[rule.name].framework
        assert framework.name == ("Pod Security Standards" if levels else "")
        assert framework.reference == ", ".join(levels)
    assert told[RULE].framework.name == "Pod Security Standards"


def test_nothing_is_mended_where_no_rule_is_set_to(pack: Servicer) -> None:
    configured(pack)
    assert not pack.Remediate(asked(BAD), None).remediations  # type: ignore[attr-defined]


def test_a_rule_that_is_set_to_mend_returns_the_whole_resource_with_its_edits(pack: Servicer) -> None:
    configured(pack, pod_no_privileged=(proto.REMEDIATE, {}))
    (remedy,) = pack.Remediate(asked(BAD), None).remediations  # type: ignore[attr-defined]
    assert (remedy.policyName, remedy.policyPackName, remedy.diagnostic) == (RULE, NAME, "")
    expected = owned(spec(containers=[container(privileged=False)], volumes=BAD["volumes"])).properties
    assert decode_struct(remedy.properties) == expected


def test_an_exempted_resource_is_not_mended(pack: Servicer) -> None:
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    configured(pack, pod_no_privileged=(proto.REMEDIATE, exemption(str(tomorrow))))
    assert not pack.Remediate(asked(BAD), None).remediations  # type: ignore[attr-defined]


def secret(value: Any) -> Any:
    request = proto.AnalyzeRequest(type=SECRET, urn=resource({}, SECRET).urn, name="web")
    request.properties.update({"metadata": {"name": "web"}, "stringData": {"password": value}})
    return request


def test_a_value_that_is_not_marked_secret_is_refused_and_not_printed(pack: Servicer) -> None:
    (found,) = pack.Analyze(secret("hush"), None).diagnostics  # type: ignore[attr-defined]
    assert (found.policyName, found.enforcementLevel) == ("secret-is-marked", proto.MANDATORY)
    assert "hush" not in found.message
    marked = secret({SIGNATURE: SECRET_MARK, "value": "hush"})
    assert not pack.Analyze(marked, None).diagnostics  # type: ignore[attr-defined]


def test_a_value_is_marked_as_secret_where_the_rule_is_set_to_mend(pack: Servicer) -> None:
    configured(pack, secret_is_marked=(proto.REMEDIATE, {}))
    (remedy,) = pack.Remediate(secret("hush"), None).remediations  # type: ignore[attr-defined]
    properties = decode_struct(remedy.properties)
    assert isinstance(properties, dict)
    assert isinstance(properties["stringData"]["password"], Secret)


def stack_request(*resources: Any) -> Any:
    request = proto.AnalyzeStackRequest()
    for each in resources:
        entry = request.resources.add(type=each.type, urn=each.urn, name=each.name)
        entry.properties.update(each.properties)
    return request


def test_a_finding_of_the_whole_stack_names_its_resource(pack: Servicer) -> None:
    found = pack.AnalyzeStack(stack_request(deployment()), None).diagnostics  # type: ignore[attr-defined]
    assert [(each.policyName, each.urn, each.enforcementLevel) for each in found] == [
        (STACK_RULE, deployment().urn, proto.MANDATORY)
    ] * 2
    assert not pack.AnalyzeStack(stack_request(deployment(), policy()), None).diagnostics  # type: ignore[attr-defined]


def test_a_stack_is_judged_by_what_the_program_asked_for_not_by_what_the_cloud_made_of_it(pack: Servicer) -> None:
    asked_for, made = asked(spec()), deployment()
    pack.Analyze(asked_for, None)
    made_properties: Any = made.properties
    outputs = {**made_properties, "spec": {"replicas": 5}, "status": {"ready": 5}, "id": "storefront/web"}
    seen = pack._as_asked_for(made._replace(properties=outputs))
    assert seen.properties == {"id": "storefront/web", **decode_struct(asked_for.properties)}  # type: ignore[dict-item]
    other = made._replace(urn="urn:of-another", properties=outputs)
    assert pack._as_asked_for(other) == other


@pytest.mark.parametrize(
    ("dry_run", "level"), [("true", proto.ADVISORY), ("false", proto.MANDATORY), (None, proto.MANDATORY)]
)
def test_what_was_left_unjudged_is_told_at_preview_and_refused_in_an_update(
    pack: Servicer, monkeypatch: pytest.MonkeyPatch, dry_run: str | None, level: int
) -> None:
    if dry_run is None:
        monkeypatch.delenv("PULUMI_DRY_RUN", raising=False)
    else:
        monkeypatch.setenv("PULUMI_DRY_RUN", dry_run)
    pack.Analyze(asked(spec(containers=[container(privileged=UNKNOWN_BOOLEAN_VALUE)])), None)
    found = pack.AnalyzeStack(stack_request(deployment(), policy()), None).diagnostics  # type: ignore[attr-defined]
    assert [(each.policyName, each.enforcementLevel) for each in found] == [("stack-strict-unknowns", level)]


@pytest.mark.parametrize(
    ("name", "explicit"),
    [("default", False), ("default_7_1_0", False), ("default-cluster", True), ("cluster", True)],
)
def test_a_default_provider_is_known_by_its_name(name: str, explicit: bool) -> None:
    request = asked(BAD)
    request.provider.type, request.provider.name = "pulumi:providers:kubernetes", name
    request.provider.properties.update({"namespace": "web"})
    request.options.protect = True
    request.options.ignoreChanges.append("spec.replicas")
    told = servicer._resource(request)
    assert told.provider == ("pulumi:providers:kubernetes", name, {"namespace": "web"}, explicit)
    assert told.options == (True, ("spec.replicas",), "")
    assert servicer._resource(asked(BAD)).provider is None
