"""pod-drop-all-capabilities: Pod Security Standards, baseline and restricted, Capabilities."""

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

RULE = "pod-drop-all-capabilities"
WINDOWS = {"name": "windows"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_an_added_capability_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    changed = container("odd", capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN", "NET_BIND_SERVICE"]})
    (message,) = refused(RULE, owned(with_container(where, changed), kind))
    assert 'container "odd"' in message
    assert 'securityContext.capabilities.add[0] is "SYS_ADMIN"' in message


@pytest.mark.parametrize("name", ["NET_RAW", "CHOWN", "ALL", "net_bind_service", ""])
def test_only_net_bind_service_may_be_added(name: str) -> None:
    assert len(refused(RULE, owned(spec(containers=[container(capabilities={"drop": ["ALL"], "add": [name]})])))) == 1


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("capabilities", [None, {}, {"drop": None}, {"drop": []}, {"drop": ["NET_RAW"]}])
def test_a_container_that_keeps_capabilities_is_refused_in_every_kind(kind: str, capabilities: object) -> None:
    (message,) = refused(RULE, owned(spec(containers=[container(capabilities=capabilities)]), kind))
    assert 'Fix: set securityContext.capabilities.drop to ["ALL"]' in message


def test_all_in_small_letters_drops_nothing() -> None:
    (message,) = refused(RULE, owned(spec(containers=[container(capabilities={"drop": ["all"]})])))
    assert 'is without ALL ("all")' in message


@pytest.mark.parametrize("kind", KINDS)
def test_drop_all_with_net_bind_service_passes_in_every_kind(kind: str) -> None:
    changed = container(capabilities={"drop": ["KILL", "ALL"], "add": ["NET_BIND_SERVICE"]})
    assert refused(RULE, owned(spec(containers=[changed, container("b")]), kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_capabilities_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_sets_another_drop_list_is_refused(kind: str) -> None:
    assert len(refused(RULE, owned(spec(containers=[container(capabilities={"drop": ["KILL"]})]), kind))) == 1


def test_a_windows_pod_is_exempt_and_a_linux_pod_is_not() -> None:
    bare = [{"name": "app"}]
    assert refused(RULE, owned(spec(containers=bare, os=WINDOWS))) == []
    assert len(refused(RULE, owned(spec(containers=bare, os={"name": "linux"})))) == 1
    assert len(refused(RULE, owned(spec(containers=bare, os={"name": "Windows"})))) == 1


def test_an_unknown_operating_system_makes_violations_unjudged_but_not_silent() -> None:
    judged = owned(spec(containers=[{"name": "app"}], os={"name": UNKNOWN}))
    assert "os.name" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
    assert unjudged(RULE, owned(spec(os={"name": UNKNOWN}))) == []


@pytest.mark.parametrize(
    "capabilities",
    [UNKNOWN, {"drop": UNKNOWN}, {"drop": [UNKNOWN]}, {"drop": ["ALL"], "add": UNKNOWN}],
)
def test_unknown_capabilities_are_not_judged(capabilities: object) -> None:
    judged = owned(spec(containers=[container(capabilities=capabilities)]))
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_all_among_unknown_names_is_enough() -> None:
    judged = owned(spec(containers=[container(capabilities={"drop": [UNKNOWN, "ALL"]})]))
    assert refused(RULE, judged) + unjudged(RULE, judged) == []


@pytest.mark.parametrize("capabilities", ["ALL", {"drop": "ALL"}, {"drop": [1]}, {"drop": [UNKNOWN, 1]}])
def test_capabilities_of_the_wrong_type_are_refused(capabilities: object) -> None:
    assert "belongs" in refused(RULE, owned(spec(containers=[container(capabilities=capabilities)])))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
def test_a_mended_container_keeps_the_allowed_capability_only_and_passes(where: str, kind: str) -> None:
    added = ["SYS_ADMIN", "NET_BIND_SERVICE", "KILL", 5]
    changed = container("odd", capabilities={"drop": ["KILL"], "add": added})
    judged = mended(RULE, owned(with_container(where, changed), kind))
    expected = container("odd", capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})
    assert judged == owned(with_container(where, expected), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("capabilities", [None, {}, {"drop": []}, {"drop": "ALL"}, {"drop": [1]}, {"drop": [None]}])
def test_whatever_stands_in_place_of_drop_is_mended(capabilities: object) -> None:
    judged = mended(RULE, owned(spec(containers=[container(capabilities=capabilities)])))
    assert judged == owned(spec(containers=[container(capabilities={"drop": ["ALL"]})]))


def test_what_cannot_be_judged_is_not_mended() -> None:
    judged = owned(spec(containers=[{"name": "app"}], os={"name": "windows"}))
    assert mended(RULE, judged) == judged
