"""The answers that the engine gets, asked as the engine asks."""

import datetime
from typing import Any

import pytest
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel

from policies import servicer
from policies.pack import NAME, policy_of
from policies.rules import RULES
from policies.servicer import Servicer
from policies.unknowns import decode_struct
from tests.policies.manifests import container, owned, spec

RULE = "pod-no-privileged"
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
    monkeypatch.setattr(Servicer, "rules", RULES)
    return Servicer(NAME, "0.0.1", [policy_of(rule) for rule in RULES], EnforcementLevel.ADVISORY)


def asked(pod: Any, kind: str = "kubernetes:apps/v1:Deployment") -> Any:
    judged = owned(pod)
    request = proto.AnalyzeRequest(type=kind, urn=judged.urn, name=judged.name)
    request.properties.update(judged.properties)
    return request


def configured(pack: Servicer, **rules: Any) -> Context:
    request = proto.ConfigureAnalyzerRequest()
    for rule in RULES:
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


def test_a_resource_of_no_concern_is_not_decoded(pack: Servicer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servicer, "decode_struct", lambda _: pytest.fail("decoded"))
    response = pack.Analyze(asked(BAD, "kubernetes:core/v1:ConfigMap"), None)
    assert not response.diagnostics  # type: ignore[attr-defined]


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


def test_the_engine_is_told_everything_about_every_rule(pack: Servicer) -> None:
    told = {policy.name: policy for policy in pack.GetAnalyzerInfo(None, None).policies}  # type: ignore[no-untyped-call]
    assert set(told) == {rule.name for rule in RULES}
    for rule in RULES:
        policy = told[rule.name]
        assert policy.enforcementLevel == proto.MANDATORY
        assert policy.policy_type == proto.PolicyType.POLICY_TYPE_RESOURCE
        assert policy.severity != proto.POLICY_SEVERITY_UNSPECIFIED
        assert policy.framework.name == "Pod Security Standards"
        assert list(policy.tags) == rule.references.tags()
        assert rule.why in policy.remediation_steps
        assert "exemptions" in policy.configSchema.properties


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
