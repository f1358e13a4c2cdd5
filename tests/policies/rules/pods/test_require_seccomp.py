"""pod-seccomp: Pod Security Standards, baseline and restricted, Seccomp."""

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

RULE = "pod-seccomp"
OFF = {"type": "Unconfined"}
ON = {"type": "RuntimeDefault"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_an_unconfined_container_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", seccompProfile=OFF)), kind))
    assert 'container "odd"' in message
    assert 'securityContext.seccompProfile.type is "Unconfined"' in message
    assert "Fix: set securityContext.seccompProfile.type to RuntimeDefault" in message


def test_an_unconfined_pod_is_refused_even_if_its_containers_are_confined() -> None:
    pod = spec(securityContext={"seccompProfile": OFF}, containers=[container(seccompProfile=ON)])
    (message,) = refused(RULE, owned(pod))
    assert ": pod " in message


@pytest.mark.parametrize("kind", WHOLE)
def test_every_container_without_a_profile_is_refused_if_the_pod_has_none(kind: str) -> None:
    pod = spec(securityContext={}, containers=[container("a"), container("b", seccompProfile=ON), {"name": "c"}])
    found = refused(RULE, owned(pod, kind))
    assert ['"a"' in found[0], '"c"' in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize("profile", [{}, {"type": ""}, {"type": "runtimedefault"}, {"localhostProfile": "a.json"}])
def test_a_profile_without_an_allowed_type_is_refused(profile: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[container(seccompProfile=profile)])))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "pod",
    [
        spec(),
        spec(securityContext=None, containers=[container(seccompProfile=ON)]),
        spec(securityContext={"seccompProfile": {"type": "Localhost", "localhostProfile": "a.json"}}),
    ],
)
def test_a_confined_pod_passes_in_every_kind(kind: str, pod: dict[str, object]) -> None:
    assert refused(RULE, owned(pod, kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_seccomp_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


def test_a_windows_pod_is_exempt_and_a_linux_pod_is_not() -> None:
    assert refused(RULE, owned(spec(securityContext={}, os={"name": "windows"}))) == []
    assert len(refused(RULE, owned(spec(securityContext={}, os={"name": "linux"})))) == 1


@pytest.mark.parametrize("profile", [UNKNOWN, {"type": UNKNOWN}])
def test_an_unknown_profile_is_present_but_not_judged(profile: object) -> None:
    judged = owned(spec(securityContext={"seccompProfile": profile}))
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("profile", ["RuntimeDefault", {"type": ["RuntimeDefault"]}, 1])
def test_a_profile_of_the_wrong_type_is_refused(profile: object) -> None:
    assert "belongs" in refused(RULE, owned(spec(securityContext={"seccompProfile": profile})))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("profile", [OFF, "RuntimeDefault", {"type": 1, "localhostProfile": "a.json"}])
def test_a_mended_container_has_the_runtimes_profile_and_passes(profile: object, where: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container(where, container("odd", seccompProfile=profile)), kind))
    assert judged == owned(with_container(where, container("odd", seccompProfile=ON)), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


def test_a_pod_is_mended_and_so_are_containers_where_neither_they_nor_the_pod_have_a_profile() -> None:
    judged = mended(RULE, owned(spec(securityContext={"seccompProfile": OFF})))
    assert judged == owned(spec(securityContext={"seccompProfile": ON}))
    judged = mended(RULE, owned(spec(securityContext={}, containers=[container("a"), container("b")])))
    expected = [container("a", seccompProfile=ON), container("b", seccompProfile=ON)]
    assert judged == owned(spec(securityContext={}, containers=expected))
