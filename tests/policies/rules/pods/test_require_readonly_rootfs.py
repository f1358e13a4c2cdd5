"""pod-readonly-rootfs: no container writes to its root file system."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
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

RULE = "pod-readonly-rootfs"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_writable_root_is_refused_in_every_list_of_every_kind(where: str, kind: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", readOnlyRootFilesystem=False)), kind))
    assert 'container "odd"' in message
    assert "securityContext.readOnlyRootFilesystem is false" in message
    assert "Fix: set securityContext.readOnlyRootFilesystem to true" in message


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("security", [None, {}, {"readOnlyRootFilesystem": None}])
def test_a_root_left_to_its_default_is_refused_in_every_kind(kind: str, security: object) -> None:
    (message,) = refused(RULE, owned(spec(containers=[{"name": "app", "securityContext": security}]), kind))
    assert "securityContext.readOnlyRootFilesystem is not set" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_only_root_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(), kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_the_root_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


def test_a_windows_pod_is_exempt_and_a_linux_pod_is_not() -> None:
    bare = [{"name": "app"}]
    assert refused(RULE, owned(spec(containers=bare, os={"name": "windows"}))) == []
    assert len(refused(RULE, owned(spec(containers=bare, os={"name": "linux"})))) == 1


def test_an_unknown_operating_system_makes_violations_unjudged_but_not_silent() -> None:
    judged = owned(spec(containers=[{"name": "app"}], os={"name": UNKNOWN}))
    assert "os.name" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


def test_an_unknown_value_is_not_judged() -> None:
    judged = owned(spec(containers=[container(readOnlyRootFilesystem=UNKNOWN)]))
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("value", ["true", 1, []])
def test_a_value_of_the_wrong_type_is_refused(value: object) -> None:
    pod = spec(containers=[container(readOnlyRootFilesystem=value)])
    assert "where a boolean belongs" in refused(RULE, owned(pod))[0]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "Workflow" not in kind])
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("value", [False, "true"])
def test_a_mended_container_has_a_read_only_root_and_passes(value: object, where: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container(where, container("odd", readOnlyRootFilesystem=value)), kind))
    assert judged == owned(with_container(where, container("odd")), kind)
    assert mended(RULE, judged) == judged


def test_a_missing_value_is_mended() -> None:
    judged = mended(RULE, owned(spec(containers=[{"name": "app"}])))
    assert refused(RULE, judged) == []
