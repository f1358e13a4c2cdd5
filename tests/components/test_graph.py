"""What waits for what, and what uses what, over everything that the program can make."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
import yaml

from components.bootstrap.component import Bootstrap
from components.config.load import ROOT
from components.config.stack_files import uppers
from tests.components import graph
from tests.components.aws_recording import Cloud, recording, run
from tests.components.bootstrap import making as bootstrap
from tests.components.edge import making as edge
from tests.components.eks import making as eks
from tests.components.registry import making as registry
from tests.components.stacks import ENVIRONMENTS, environment_of, recorded
from tests.components.vm_fleet import making as vm_fleet

HERE = Path(__file__).parent


@functools.cache
def table(name: str) -> Mapping[str, Mapping[str, Any]]:
    read: Mapping[str, Mapping[str, Any]] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return read


def unused(cloud: Cloud, outputs: Mapping[str, Any]) -> list[str]:
    return graph.unused(cloud, outputs, table("uses.yaml")["parts"], table("uses.yaml")["ends"])


Made = tuple[Cloud, Mapping[str, Any]]
"""What is registered and what is exported."""


def stack(name: str) -> Made:
    (found,) = [each for each in recorded(environment_of(name)) if each.name == name]
    return found.cloud, found.outputs


def stack_before() -> Made:
    """The stack that comes before all others, in a program of its own."""
    outputs: dict[str, Any] = {}

    def program(opts: pulumi.ResourceOptions) -> None:
        pulumi.Output.from_input(Bootstrap("bootstrap", bootstrap.settings(), opts).outputs).apply(outputs.update)

    with recording(preview=False) as cloud:
        run(program)
    return cloud, outputs


STACKS = [name for name in uppers(ROOT) if environment_of(name) in ENVIRONMENTS]
MAKERS: Mapping[str, Callable[[], Made]] = {
    **{name: functools.partial(stack, name) for name in STACKS},
    "all layers in one": lambda: eks.recorded(preview=False),
    "bootstrap": stack_before,
    "a fleet": lambda: (vm_fleet.made_with(vm_fleet.everything()), {}),
    "an edge": lambda: (edge.made_with(edge.settings(entry=edge.CDN, zone=edge.DELEGATED)), {}),
    "a registry": lambda: (registry.made_with(registry.settings()), {}),
}
"""Every stack of the environments in AWS, and what their files do not ask for."""


@functools.cache
def made(name: str) -> Made:
    return MAKERS[name]()


def unjustified(cloud: Cloud) -> set[graph.Edge]:
    known = {(later, earlier) for later, reasons in table("edges.yaml").items() for earlier in reasons}
    return graph.edges(cloud) - known


@pytest.mark.parametrize("name", MAKERS)
def test_every_edge_that_no_input_makes_has_a_reason(name: str) -> None:
    assert unjustified(made(name)[0]) == set()


def test_every_reason_is_that_of_an_edge_that_there_is() -> None:
    there = set.union(*(graph.edges(made(name)[0]) for name in MAKERS))
    assert {(later, earlier) for later, reasons in table("edges.yaml").items() for earlier in reasons} - there == set()
    assert all(len(reason) > 15 for reasons in table("edges.yaml").values() for reason in reasons.values())


@pytest.mark.parametrize("name", MAKERS)
def test_no_edge_says_what_others_say_already(name: str) -> None:
    assert graph.implied(made(name)[0]) == set()


@pytest.mark.parametrize(
    ("needless", "found"),
    [(False, set()), (True, {("Vpc", "LogGroup")})],
    ids=["edges that inputs make", "one that depends_on adds"],
)
def test_an_edge_without_a_reason_would_be_found(*, needless: bool, found: set[graph.Edge]) -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        group = aws.cloudwatch.LogGroup("logs", opts=opts)
        after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[group]))
        aws.ec2.Vpc("vpc", tags={} if needless else {"logs": group.name}, opts=after if needless else opts)

    with recording(preview=False) as cloud:
        run(program)
    assert unjustified(cloud) == found


def test_an_edge_that_others_imply_would_be_found() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        group = aws.cloudwatch.LogGroup("logs", opts=opts)
        vpc = aws.ec2.Vpc("vpc", tags={"logs": group.name}, opts=opts)
        after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[group]))
        aws.ec2.Subnet("subnet", vpc_id=vpc.id, opts=after)

    with recording(preview=False) as cloud:
        run(program)
    assert graph.implied(cloud) == {("Subnet", "LogGroup")}


def test_whoever_waits_for_all_that_a_component_made_waits_for_the_component() -> None:
    class Pair(pulumi.ComponentResource):
        def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
            super().__init__("agent-platform:index:Pair", name, None, opts)
            for role in ("one", "other"):
                aws.cloudwatch.LogGroup(f"{name}-{role}", opts=pulumi.ResourceOptions(parent=self))

    def program(opts: pulumi.ResourceOptions) -> None:
        pair = Pair("pair", opts)
        aws.ec2.Vpc("vpc", opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[pair])))

    with recording(preview=False) as cloud:
        run(program)
    assert graph.edges(cloud) == {("Vpc", "Pair")}


@pytest.mark.parametrize("name", MAKERS)
def test_whatever_is_made_in_aws_is_used_by_something_or_told_of(name: str) -> None:
    assert unused(*made(name)) == []


def test_what_nothing_uses_would_be_found() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        role = aws.iam.Role("role", assume_role_policy="{}", opts=opts)
        aws.iam.RolePolicy("permissions", role=role.name, policy="{}", opts=opts)
        vpc = aws.ec2.Vpc("vpc", opts=opts)
        group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, opts=opts)
        aws.vpc.SecurityGroupIngressRule("rule", security_group_id=group.id, ip_protocol="-1", opts=opts)
        key = aws.kms.Key("key", opts=opts)
        aws.kms.Alias("alias", target_key_id=key.key_id, opts=opts)
        aws.cloudwatch.LogGroup("logs", kms_key_id=aws.kms.Key("used", opts=opts).arn, opts=opts)
        aws.sns.Topic("told", opts=opts)

    with recording(preview=False) as cloud:
        run(program)
    assert sorted(unused(cloud, {"alerts": cloud.named("told").outputs["arn"]})) == ["group", "key", "logs", "role"]
