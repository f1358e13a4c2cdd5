"""pod-proc-mount: Pod Security Standards, baseline and restricted, /proc Mount Type."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    KINDS,
    LISTS,
    container,
    mended,
    owned,
    refused,
    spec,
    unjudged,
    with_container,
)

RULE = "pod-proc-mount"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_an_unmasked_proc_is_refused_in_every_list_of_every_kind(where: str, kind: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", procMount="Unmasked")), kind))
    assert 'container "odd"' in message
    assert 'securityContext.procMount is "Unmasked"' in message
    assert "Fix: remove securityContext.procMount" in message


@pytest.mark.parametrize("value", ["", "default", "Masked"])
def test_any_other_type_is_refused(value: str) -> None:
    assert len(refused(RULE, owned(spec(containers=[container(procMount=value)])))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["Default", None])
def test_the_default_passes_in_every_kind(kind: str, value: object) -> None:
    assert refused(RULE, owned(spec(containers=[container(procMount=value), container("b")]), kind)) == []


def test_neither_a_user_namespace_nor_windows_exempts_a_pod_at_the_restricted_level() -> None:
    pod = spec(hostUsers=False, os={"name": "windows"}, containers=[container(procMount="Unmasked")])
    assert len(refused(RULE, owned(pod))) == 1


def test_an_unknown_type_is_not_judged() -> None:
    judged = owned(spec(containers=[container(procMount=UNKNOWN)]))
    assert "securityContext.procMount" in unjudged(RULE, judged)[0]


@pytest.mark.parametrize("value", [True, 1, ["Default"]])
def test_a_type_that_is_no_string_is_refused(value: object) -> None:
    assert "where a string belongs" in refused(RULE, owned(spec(containers=[container(procMount=value)])))[0]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "Workflow" not in kind])
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("value", ["Unmasked", 1])
def test_a_mended_container_has_no_type_and_passes(value: object, where: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container(where, container("odd", procMount=value)), kind))
    assert judged == owned(with_container(where, container("odd")), kind)
    assert mended(RULE, judged) == judged
