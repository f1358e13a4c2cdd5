"""How long an environment takes until its first agent runs, by the graph that the program registers."""

from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest
import yaml

from tests.components.aws_recording import Cloud, recording, run
from tests.components.eks import making
from tests.components.graph import Schedule
from tests.components.stacks import ENVIRONMENTS, Recorded, recorded

MINUTES: dict[str, float] = yaml.safe_load(Path(__file__).with_name("minutes.yaml").read_text(encoding="utf-8"))
CONTROL_PLANE = MINUTES["eks/cluster:Cluster"]
AFTER = 6
"""How many minutes after its control plane an environment may have its first agent."""


def schedule(cloud: Cloud) -> Schedule:
    return Schedule(cloud, MINUTES)


def first_agent(stack: Recorded) -> float | None:
    """When a stack begins its first agent; None if it has none."""
    found = [schedule(stack.cloud).begins(each) for each in stack.cloud.of_type("apps/v1:Deployment")]
    return min(found, default=None)


def test_where_one_stack_holds_all_layers_an_agent_begins_soon_after_the_control_plane_is_there() -> None:
    cloud = making.recorded(preview=False)[0]
    times = schedule(cloud)
    control_plane = times.ends(cloud.named("cluster-cluster"))
    agents = [times.begins(each) for each in cloud.of_type("apps/v1:Deployment")]
    assert control_plane <= CONTROL_PLANE + 1
    assert max(agents) - control_plane <= AFTER


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_with_a_stack_for_each_layer_the_first_agent_begins_as_soon(environment: str) -> None:
    """A stack begins when the one above it has ended, with all that it makes."""
    total, paths = 0.0, []
    for stack in recorded(environment):
        begins = first_agent(stack)
        if begins is not None:
            total += begins
            break
        times = schedule(stack.cloud)
        total += times.whole
        paths.append(f"{stack.name}: {times.whole:.1f} minutes, {' <- '.join(times.path())}")
    else:
        pytest.fail("no stack has an agent")
    assert total <= CONTROL_PLANE + AFTER, "\n".join(paths)


def test_a_needless_wait_lengthens_the_way() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        gateway = aws.ec2.NatGateway("nat", subnet_id="subnet-0a", opts=opts)
        aws.eks.Addon("early", cluster_name="one", addon_name="coredns", opts=opts)
        after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[gateway]))
        aws.eks.Addon("late", cluster_name="one", addon_name="coredns", opts=after)

    with recording(preview=False) as cloud:
        run(program)
    times = schedule(cloud)
    gateway, addon = MINUTES["ec2/natGateway:NatGateway"], MINUTES["eks/addon:Addon"]
    assert times.begins(cloud.named("late")) == pytest.approx(times.begins(cloud.named("early")) + gateway)
    assert times.whole == pytest.approx(times.begins(cloud.named("late")) + addon)
    assert times.path()[:2] == ["late", "nat"]
