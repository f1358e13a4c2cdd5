"""The policy pack and the API server say the same of the same objects.

Every case is put to the pack and, as a dry run, to a real API server with the guardrails in force: to a namespace in
which they warn, so that all they find is compared, and to a team's, in which they refuse. Where a case is about pods,
Pod Security itself is the third to be asked.
"""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from components.guardrails import policies
from components.guardrails.policy import rules_of
from components.labels import ALLOWED_REGISTRIES, CPU_CEILING, GPU_CEILING, MEMORY_CEILING, TEAM
from policies.dispatcher import Dispatcher
from policies.rules import RULES
from tests.components.guardrails.in_force import WARNED, Answer, Api, in_force, wait_for
from tests.policies.manifests import NAMESPACE, Json, resource
from tests.policies.verdicts import Case, cases

_CASES = cases()
_IN_PACK = {rule.name: rule for rule in RULES}
_STANDARD = {name for name, rule in _IN_PACK.items() if rule.references.pod_security}
_PACK = Dispatcher(RULES)
_ACTIONS = {rule: action for action, policy in policies.everything() for rule in rules_of(policy)}
_TOKENLESS = {"automountServiceAccountToken": False}
_WARNING = f"{NAMESPACE}-warned"
_ADMIN = {"resource.kubernetes.io/admin-access": "true"}
"""Without this label the API server itself refuses claims with adminAccess."""
_LABELS = {
    NAMESPACE: {TEAM: NAMESPACE, **_ADMIN},
    _WARNING: {WARNED: "", "pod-security.kubernetes.io/warn": "restricted", **_ADMIN},
}
_ALLOWED = {ALLOWED_REGISTRIES: "registry.example.com", CPU_CEILING: "16", MEMORY_CEILING: "64Gi", GPU_CEILING: "8"}
"""What the pack's options have as defaults."""


def _surroundings() -> Iterator[Json]:
    for name in ("gvisor", "plain"):
        yield {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": name}, "handler": name}
    for namespace, labels in _LABELS.items():
        metadata = {"name": namespace, "labels": labels, "annotations": _ALLOWED}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        for name in ("web", "default"):
            identity = {"name": name, "namespace": namespace}
            yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": identity, **_TOKENLESS}


@pytest.fixture(scope="module")
def api(kubeconfig: Path) -> Iterator[Api]:
    """Return an API server with the guardrails in force, a team's namespace and one in which they warn."""
    with in_force(kubeconfig, *_surroundings()) as started:
        first = {rule: case.manifest for case in reversed(_CASES) if case.refused for rule in [case.rule]}
        wait_for(started, [where for manifest in first.values() for where in (manifest, _elsewhere(manifest))])
        yield started


@pytest.fixture(scope="module")
def warned(api: Api) -> dict[str, Answer]:
    """Return what the API server says of each case where it warns."""
    return {str(case): api.apply(_elsewhere(case.manifest), dry=True) for case in _CASES}


def _by_the_pack(manifest: Json) -> frozenset[str]:
    """What the pack finds, of the rules that the guardrails hold too."""
    version, kind = manifest["apiVersion"], manifest["kind"]
    judged = resource(manifest, f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}")
    found = _PACK.evaluate(judged)
    assert not [each.message for each in found if "could not judge" in each.message]
    return frozenset(each.rule.name for each in found) & _ACTIONS.keys()


def _elsewhere(manifest: Json) -> Json:
    moved = copy.deepcopy(manifest)
    moved["metadata"]["namespace"] = _WARNING
    return moved


def test_every_case_is_of_a_rule_of_the_pack() -> None:
    assert {case.rule for case in _CASES if case.refused} <= _IN_PACK.keys()


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_the_pack_judges_the_case_as_the_table_says(case: Case) -> None:
    found = _by_the_pack(case.manifest)
    assert (case.rule in found) if case.refused else not found, found


@pytest.mark.cluster
@pytest.mark.parametrize("case", _CASES, ids=str)
def test_the_api_server_finds_what_the_pack_finds(warned: dict[str, Answer], case: Case) -> None:
    answer = warned[str(case)]
    assert answer.admitted, answer
    assert answer.rules == _by_the_pack(case.manifest), answer


@pytest.mark.cluster
@pytest.mark.parametrize("case", _CASES, ids=str)
def test_a_teams_namespace_refuses_what_is_mandatory_and_warns_of_what_is_advised(api: Api, case: Case) -> None:
    answer = api.apply(case.manifest, dry=True)
    assert answer.admitted is not (case.refused and _ACTIONS[case.rule] == "Deny"), answer
    assert bool(answer.rules) is case.refused, answer


@pytest.mark.cluster
@pytest.mark.parametrize("case", [case for case in _CASES if case.rule.startswith("pod-")], ids=str)
def test_pod_security_says_the_same_of_its_standards(warned: dict[str, Answer], case: Case) -> None:
    answer = warned[str(case)]
    assert answer.pod_security is bool(answer.rules & _STANDARD), answer


def test_every_rule_that_the_guardrails_hold_is_one_of_the_pack_and_has_a_case() -> None:
    assert _ACTIONS.keys() <= _IN_PACK.keys()
    assert {case.rule for case in _CASES if case.refused} == _ACTIONS.keys()


def test_what_is_mandatory_in_the_pack_is_denied_and_what_is_advised_warns() -> None:
    levels = {rule: "Warn" if _IN_PACK[rule].level is EnforcementLevel.ADVISORY else "Deny" for rule in _ACTIONS}
    assert levels == _ACTIONS


def test_the_names_of_cases_are_their_own() -> None:
    assert len({str(case) for case in _CASES}) == len(_CASES)
