"""Bounds that a group's number of nodes, which an autoscaler set, does not lie within."""

from typing import Any, ClassVar

import pytest

from components.config.layering import Layer
from components.eks.nodes.sizes import SizeError, check_bounds
from tests.components import aws_recording
from tests.components.aws_recording import Cloud
from tests.components.config.test_compute import SYSTEM
from tests.components.eks.making import cluster, environment, made

CLUSTER, REGION = "agent-platform-prod", "eu-central-1"


class Hooked(Cloud):
    """Notes what the engine is to ask before it changes a resource."""

    asked: ClassVar[dict[str, list[str]]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - protocol's name
        self.asked[request.name] = list(request.hooks.before_update)
        return super().RegisterResource(request)


def group(least: int, desired: int, most: int) -> dict[str, Any]:
    return {
        "nodeGroupName": "general-0123456789",
        "scalingConfig": {"minSize": float(least), "desiredSize": float(desired), "maxSize": float(most)},
    }


def check(old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    check_bounds(old, new, CLUSTER, REGION)


@pytest.mark.parametrize(
    ("least", "most", "reason", "wanted"),
    [(4, 6, "fewer than min: 4", 4), (0, 1, "more than max: 1", 1)],
    ids=["min above", "max below"],
)
def test_they_are_refused_with_the_command_that_brings_the_number_within(
    least: int, most: int, reason: str, wanted: int
) -> None:
    with pytest.raises(SizeError) as refused:
        check(group(1, 2, 3), group(least, 2, most))
    assert reason in str(refused.value)
    assert (
        "aws eks update-nodegroup-config --cluster-name agent-platform-prod --region eu-central-1 "
        "--nodegroup-name general-0123456789 "
        f"--scaling-config minSize={least},maxSize={most},desiredSize={wanted}"
    ) in str(refused.value)
    assert "pulumi refresh" in str(refused.value)


def test_what_counts_is_the_number_that_is_kept_and_not_the_one_that_is_written() -> None:
    with pytest.raises(SizeError, match="fewer than min: 4"):
        check(group(1, 2, 3), group(4, 5, 6))


@pytest.mark.parametrize(("least", "most"), [(2, 2), (0, 9), (2, 9), (1, 2)])
def test_bounds_around_the_number_are_right(least: int, most: int) -> None:
    check(group(1, 2, 3), group(least, 2, most))


@pytest.mark.parametrize("unknown", [None, {}, {"scalingConfig": {"minSize": 4}}])
def test_nothing_is_refused_that_nobody_can_know(unknown: dict[str, Any] | None) -> None:
    check(unknown, group(4, 4, 6))
    check(group(1, 2, 3), unknown)


@pytest.mark.parametrize(("scaled_by", "asked"), [("clusterAutoscaler", ["cluster-nodes-bounds"]), ("nobody", [])])
def test_the_engine_asks_before_it_changes_a_group_whose_number_is_kept(
    monkeypatch: pytest.MonkeyPatch, scaled_by: str, asked: list[str]
) -> None:
    monkeypatch.setattr(aws_recording, "Cloud", Hooked)
    compute = {"kind": "managed", "nodeGroups": [SYSTEM], "scaledBy": scaled_by}
    config = environment().model_copy(update={"cluster": cluster(compute=compute), "layers": (Layer.CLOUD,)})
    made(config, preview=True)
    assert Hooked.asked["cluster-nodes-system"] == asked
