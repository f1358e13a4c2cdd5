"""Whatever a node group may be configured with, what is made of it passes the pack."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_policy import EnforcementLevel
from pydantic.alias_generators import to_camel

from components.config.instances import instance_types
from components.config.load import ROOT
from components.config.node_groups import NodeGroup
from components.eks.nodes import machines
from policies.config import parse
from policies.dispatcher import Dispatcher
from policies.rule import Provider, Resource
from policies.rules import RULES
from tests.components.eks.making import TODAY

_VERBATIM = ("labels", "tags")
_TYPES = sorted(instance_types())


def made(data: Any) -> Any:
    """Return a resource's properties as the engine has them."""
    if isinstance(data, list):
        return [made(each) for each in data]
    if isinstance(data, dict):
        return {to_camel(key): value if key in _VERBATIM else made(value) for key, value in data.items()}
    return data


@pytest.fixture(scope="module")
def pack() -> Dispatcher:
    """Return the pack as production has it."""
    config = json.loads((ROOT / "policies/config.prod.json").read_text())
    return Dispatcher(RULES, parse(config, RULES, today=TODAY), {})


@st.composite
def groups(draw: st.DrawFn) -> NodeGroup:
    """Draw a group."""
    name = draw(st.sampled_from(_TYPES))
    most = draw(st.integers(1, 20))
    least = draw(st.integers(0, most))
    return NodeGroup.model_validate(
        {
            "name": draw(st.from_regex(r"[a-z][a-z0-9]{0,39}", fullmatch=True)),
            "role": "gpu" if instance_types()[name].gpus else draw(st.sampled_from(["system", "general", "storage"])),
            "instanceTypes": [name],
            "operatingSystem": draw(st.sampled_from(["al2023", "bottlerocket"])),
            "min": least,
            "desired": draw(st.none() | st.integers(least, most)),
            "max": most,
            "diskGi": draw(st.integers(20, 16_384)),
            "repair": draw(st.booleans()),
        }
    )


@settings(deadline=None)
@given(group=groups())
def test_template_and_group_pass_every_rule(pack: Dispatcher, group: NodeGroup) -> None:
    tags = {"owner": "o", "environment": "prod", "team": "t", "cost-center": "c"}
    template = machines.launch_template(group, "agents", "arn:aws:kms:eu-central-1:123456789012:key/1", tags)
    nodes = machines.node_group(group, "1.35", ["subnet-1", "subnet-2"]) | {
        "cluster_name": "agents",
        "launch_template": {"id": "lt-1", "version": "1"},
    }
    provider = Provider("pulumi:providers:aws", "aws", {}, explicit=True)
    said = [
        each
        for token, properties in (
            ("aws:ec2/launchTemplate:LaunchTemplate", template),
            ("aws:eks/nodeGroup:NodeGroup", nodes),
        )
        for each in pack.evaluate(
            Resource(token, f"urn:{token}", "any", made(properties | {"tags": tags}), provider=provider, secrecy=True)
        )
    ]
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
