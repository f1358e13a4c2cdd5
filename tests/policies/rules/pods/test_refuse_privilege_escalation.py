"""pod-no-privilege-escalation: Pod Security Standards, restricted, Privilege Escalation."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    LISTS,
    PATCHES,
    WHOLE,
    container,
    mended,
    owned,
    refused,
    spec,
    unjudged,
    with_container,
)

RULE = "pod-no-privilege-escalation"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_allowed_escalation_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    changed = container("odd", allowPrivilegeEscalation=True)
    (message,) = refused(RULE, owned(with_container(where, changed), kind))
    assert 'container "odd"' in message
    assert "securityContext.allowPrivilegeEscalation is true" in message
    assert "Fix: set securityContext.allowPrivilegeEscalation to false" in message


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("security", [None, {}, {"allowPrivilegeEscalation": None}, {"privileged": False}])
def test_escalation_left_to_its_default_is_refused_in_every_kind(kind: str, security: object) -> None:
    (message,) = refused(RULE, owned(spec(containers=[{"name": "app", "securityContext": security}]), kind))
    assert "securityContext.allowPrivilegeEscalation is not set" in message


@pytest.mark.parametrize("kind", KINDS)
def test_an_explicit_false_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[container(allowPrivilegeEscalation=False)]), kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_escalation_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


def test_a_windows_pod_is_exempt_and_a_linux_pod_is_not() -> None:
    bare = [{"name": "app"}]
    assert refused(RULE, owned(spec(containers=bare, os={"name": "windows"}))) == []
    assert len(refused(RULE, owned(spec(containers=bare, os={"name": "linux"})))) == 1


def test_an_unknown_value_is_not_judged_and_a_missing_one_beside_it_is() -> None:
    judged = owned(spec(containers=[container("a", allowPrivilegeEscalation=UNKNOWN), {"name": "b"}]))
    assert 'container "a"' in unjudged(RULE, judged)[0]
    (message,) = refused(RULE, judged)
    assert 'container "b"' in message


def test_an_unknown_security_context_is_not_judged() -> None:
    judged = owned(spec(containers=[{"name": "a", "securityContext": UNKNOWN}]))
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_a_string_in_place_of_a_boolean_is_refused() -> None:
    pod = spec(containers=[container(allowPrivilegeEscalation="false")])
    assert "is a string where a boolean belongs" in refused(RULE, owned(pod))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("value", [True, "false"])
def test_a_mended_container_cannot_escalate_and_passes(value: object, where: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container(where, container("odd", allowPrivilegeEscalation=value)), kind))
    assert judged == owned(with_container(where, container("odd")), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


def test_a_missing_value_is_mended() -> None:
    judged = mended(RULE, owned(spec(containers=[{"name": "app", "securityContext": None}])))
    assert judged == owned(spec(containers=[{"name": "app", "securityContext": {"allowPrivilegeEscalation": False}}]))
