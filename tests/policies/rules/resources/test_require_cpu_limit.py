"""pod-cpu-limit: every container that can, has one, unless the platform wants none."""

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

RULE = "pod-cpu-limit"


def limited(cpu: object, requested: object = None) -> dict[str, Any]:
    return resourced({"cpu": requested}, {"cpu": cpu})


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("where", SIZED)
def test_a_missing_limit_is_reported_in_both_lists_of_every_kind(where: str, kind: str) -> None:
    (message,) = refused(RULE, owned(in_list(where, limited(None, "1")), kind))
    assert 'container "odd"' in message
    assert "resources.limits.cpu is not set" in message
    assert "Fix: set resources.limits.cpu" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["1m", 2, 0.5])
def test_a_limit_above_zero_passes_in_every_kind(kind: str, value: object) -> None:
    assert refused(RULE, owned(in_list("initContainers", limited(value)), kind)) == []


def test_where_no_limit_is_demanded_a_wrong_one_still_is_reported() -> None:
    assert refused(RULE, owned(spec(containers=[limited(None)])), demanded=False) == []
    assert len(refused(RULE, owned(spec(containers=[limited("0")])), demanded=False)) == 1
    assert len(refused(RULE, owned(spec(containers=[limited(None)])), demanded=True)) == 1


def test_an_ephemeral_container_can_have_no_limit_and_passes() -> None:
    assert refused(RULE, owned(spec(ephemeralContainers=[{"name": "debug"}]))) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_limits_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


@pytest.mark.parametrize("resources", [UNKNOWN, {"limits": UNKNOWN}, {"limits": {"cpu": UNKNOWN}}])
def test_an_unknown_limit_is_not_judged(resources: object) -> None:
    judged = owned(spec(containers=[{**container(), "resources": resources}]))
    assert "resources.limits.cpu" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("value", ["lots", True, [], "-1"])
def test_a_limit_that_is_no_size_is_reported(value: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[limited(value)])))) == 1


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", SIZED)
def test_a_mended_limit_is_the_request(where: str, kind: str) -> None:
    judged = mended(RULE, owned(in_list(where, limited("0", "250m")), kind))
    assert judged == owned(in_list(where, limited("250m", "250m")), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("requested", [None, "0", "lots"])
def test_without_a_usable_request_the_mended_limit_is_half_a_core(requested: object) -> None:
    judged = mended(RULE, owned(spec(containers=[limited(None, requested)])))
    assert judged == owned(spec(containers=[limited("500m", requested)]))
