"""pod-high-uid: users and groups of the container's own, above those of any node."""

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

RULE = "pod-high-uid"
IDS = ("runAsUser", "runAsGroup")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("name", IDS)
def test_a_low_id_is_refused_in_every_list_of_every_kind(name: str, where: str, kind: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", **{name: 9999})), kind))
    assert 'container "odd"' in message
    assert f"securityContext.{name} is 9999" in message
    assert f"Fix: set securityContext.{name} to 10000 or more" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", IDS)
def test_a_low_id_of_the_pod_is_refused_once_in_every_kind(name: str, kind: str) -> None:
    security = {"runAsUser": 10000, "runAsGroup": 10000, name: 0}
    (message,) = refused(RULE, owned(spec(securityContext=security), kind))
    assert f"securityContext.{name} is 0" in message
    assert ": pod " in message


@pytest.mark.parametrize("kind", WHOLE)
def test_every_container_without_an_id_is_refused_if_the_pod_has_none(kind: str) -> None:
    pod = spec(securityContext={"runAsUser": 10000}, containers=[container("a"), container("b", runAsGroup=10000)])
    (message,) = refused(RULE, owned(pod, kind))
    assert 'container "a"' in message
    assert "securityContext.runAsGroup is not set" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "pod",
    [
        spec(securityContext={"runAsUser": 10000, "runAsGroup": 10000}),
        spec(securityContext=None, containers=[container(runAsUser=10000, runAsGroup=65534)]),
    ],
)
def test_high_ids_of_pod_or_container_pass_in_every_kind(kind: str, pod: dict[str, object]) -> None:
    assert refused(RULE, owned(pod, kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_ids_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


def test_a_windows_pod_is_exempt_and_a_linux_pod_is_not() -> None:
    assert refused(RULE, owned(spec(securityContext={}, os={"name": "windows"}))) == []
    assert len(refused(RULE, owned(spec(securityContext={}, os={"name": "linux"})))) == 2


def test_the_lowest_id_is_a_setting() -> None:
    judged = owned(spec(securityContext={"runAsUser": 500, "runAsGroup": 499}))
    (message,) = refused(RULE, judged, least=500)
    assert "securityContext.runAsGroup is 499" in message
    assert refused(RULE, judged, least=499) == []


@pytest.mark.parametrize("least", [0, -1, "10000"])
def test_a_lowest_id_that_root_would_pass_is_no_setting(least: object) -> None:
    with pytest.raises(Exception, match="is not a whole number from 1"):
        refused(RULE, owned(spec()), least=least)


def test_an_unknown_id_is_present_but_not_judged() -> None:
    judged = owned(spec(securityContext={"runAsUser": UNKNOWN, "runAsGroup": 10000}))
    assert "securityContext.runAsUser" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("value", ["10001", True, 10001.5, []])
def test_an_id_of_the_wrong_type_is_refused(value: object) -> None:
    (message,) = refused(RULE, owned(spec(containers=[container(runAsUser=value)])))
    assert "where a whole number belongs" in message


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
def test_a_mended_container_has_the_lowest_ids_and_passes(where: str, kind: str) -> None:
    pod = {**with_container(where, container("odd", runAsUser=0)), "securityContext": {"runAsGroup": "root"}}
    judged = mended(RULE, owned(pod, kind), least=20000)
    assert refused(RULE, judged, least=20000) == []
    assert mended(RULE, judged, least=20000) == judged


def test_remedies_set_ids_on_each_container_and_leave_high_ones() -> None:
    pod = spec(securityContext={}, containers=[container("a"), container("b", runAsUser=12345, runAsGroup=1)])
    judged = mended(RULE, owned(pod))
    expected = [
        container("a", runAsUser=10000, runAsGroup=10000),
        container("b", runAsUser=12345, runAsGroup=10000),
    ]
    assert judged == owned(spec(securityContext={}, containers=expected))
