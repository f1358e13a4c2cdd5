"""pod-run-as-nonroot: Pod Security Standards, restricted, Running as Non-root and Non-root user."""

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

RULE = "pod-run-as-nonroot"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_container_that_may_run_as_root_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", runAsNonRoot=False)), kind))
    assert 'container "odd"' in message
    assert "securityContext.runAsNonRoot is false" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_user_zero_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", runAsUser=0)), kind))
    assert "securityContext.runAsUser is 0" in message
    assert "Fix: set runAsUser to" in message


def test_a_pod_that_may_run_as_root_is_refused_even_if_its_containers_may_not() -> None:
    pod = spec(securityContext={"runAsNonRoot": False, "runAsUser": 0}, containers=[container(runAsNonRoot=True)])
    assert len(refused(RULE, owned(pod))) == 2


@pytest.mark.parametrize("kind", WHOLE)
def test_every_container_without_the_field_is_refused_if_the_pod_lacks_it_too(kind: str) -> None:
    pod = spec(securityContext={}, containers=[container("a"), container("b", runAsNonRoot=True), {"name": "c"}])
    found = refused(RULE, owned(pod, kind))
    assert ['"a"' in found[0], '"c"' in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "pod",
    [
        spec(),
        spec(securityContext=None, containers=[container(runAsNonRoot=True)]),
        spec(securityContext={"runAsNonRoot": True, "runAsUser": 1000}, containers=[container(runAsUser=10001)]),
    ],
)
def test_a_pod_that_never_runs_as_root_passes_in_every_kind(kind: str, pod: dict[str, object]) -> None:
    assert refused(RULE, owned(pod, kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_users_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_pod_in_a_user_namespace_is_exempt_from_1_35_on(kind: str) -> None:
    pod = spec(hostUsers=False, securityContext={"runAsNonRoot": False, "runAsUser": 0})
    assert refused(RULE, owned(pod, kind)) == []
    assert len(refused(RULE, owned(pod, kind), kubernetesVersion="1.34")) == 2
    assert len(refused(RULE, owned({**pod, "hostUsers": True}, kind))) == 2
    assert len(refused(RULE, owned({**pod, "hostUsers": None}, kind))) == 2


def test_a_windows_pod_is_not_exempt() -> None:
    assert len(refused(RULE, owned(spec(os={"name": "windows"}, securityContext={})))) == 1


def test_an_unknown_user_namespace_makes_violations_unjudged_but_not_silent() -> None:
    judged = owned(spec(hostUsers=UNKNOWN, securityContext={"runAsUser": 0}))
    assert "hostUsers" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("security", [UNKNOWN, {"runAsNonRoot": UNKNOWN}, {"runAsNonRoot": True, "runAsUser": UNKNOWN}])
def test_unknown_values_are_not_judged(security: object) -> None:
    judged = owned(spec(securityContext=security))
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("security", ["root", {"runAsNonRoot": "true"}, {"runAsNonRoot": True, "runAsUser": "0"}])
def test_values_of_the_wrong_type_are_refused(security: object) -> None:
    assert "belongs" in refused(RULE, owned(spec(securityContext=security)))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("value", [False, "true"])
def test_a_mended_container_does_not_run_as_root_and_passes(value: object, where: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container(where, container("odd", runAsNonRoot=value, runAsUser=0)), kind))
    assert judged == owned(with_container(where, container("odd", runAsNonRoot=True)), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


def test_a_mended_pod_does_not_run_as_root() -> None:
    judged = mended(RULE, owned(spec(securityContext={"runAsNonRoot": False, "runAsUser": 0})))
    assert judged == owned(spec(securityContext={"runAsNonRoot": True}))


def test_containers_are_mended_where_neither_they_nor_the_pod_say_anything() -> None:
    judged = mended(RULE, owned(spec(securityContext={}, containers=[container("a"), container("b", runAsUser=7)])))
    expected = [container("a", runAsNonRoot=True), container("b", runAsUser=7, runAsNonRoot=True)]
    assert judged == owned(spec(securityContext={}, containers=expected))
