"""pod-memory-limit: every container that can, has one."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    PATCHES,
    SIZED,
    WHOLE,
    container,
    in_list,
    mended,
    owned,
    refused,
    resourced,
    spec,
    unjudged,
)

RULE = "pod-memory-limit"


def limited(memory: object, requested: object = None) -> dict[str, Any]:
    return resourced({"memory": requested}, {"memory": memory})


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("where", SIZED)
def test_a_missing_limit_is_refused_in_both_lists_of_every_kind(where: str, kind: str) -> None:
    (message,) = refused(RULE, owned(in_list(where, limited(None, "1Gi")), kind))
    assert 'container "odd"' in message
    assert "resources.limits.memory is not set" in message
    assert "Fix: set resources.limits.memory" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["1Gi", 1048576, "1"])
def test_a_limit_above_zero_passes_in_every_kind(kind: str, value: object) -> None:
    assert refused(RULE, owned(in_list("initContainers", limited(value)), kind)) == []


def test_an_ephemeral_container_can_have_no_limit_and_passes() -> None:
    assert refused(RULE, owned(spec(ephemeralContainers=[{"name": "debug"}]))) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_limits_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["0", "-1Gi", "lots", False])
def test_a_limit_that_is_no_size_above_zero_is_refused_in_every_kind(kind: str, value: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[limited(value)]), kind))) == 1


@pytest.mark.parametrize("resources", [UNKNOWN, {"limits": UNKNOWN}, {"limits": {"memory": UNKNOWN}}])
def test_an_unknown_limit_is_not_judged(resources: object) -> None:
    judged = owned(spec(containers=[{**container(), "resources": resources}]))
    assert "resources.limits.memory" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", SIZED)
def test_a_mended_limit_is_the_request(where: str, kind: str) -> None:
    judged = mended(RULE, owned(in_list(where, limited("0", "3Gi")), kind))
    assert judged == owned(in_list(where, limited("3Gi", "3Gi")), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("requested", [None, "0", "lots", True])
def test_without_a_usable_request_the_mended_limit_is_half_a_gigabyte(requested: object) -> None:
    judged = mended(RULE, owned(spec(containers=[limited(None, requested)])))
    assert judged == owned(spec(containers=[limited("512Mi", requested)]))
