"""What an environment needs of its account's quotas: that it is all that its settings can ask for, and no more."""

import re
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.compute import KarpenterNodes
from components.config.instances import instance_types
from components.config.nodes import Capacity
from components.config.quotas import Need, Quota, needs, of_machine
from tests.components.eks.making import cluster, environment, recorded, written


def groups(*listed: dict[str, Any]) -> dict[str, Any]:
    system = {"name": "system", "role": "system", "instanceTypes": ["m7i.large"], "min": 2, "max": 4}
    return {"kind": "managed", "nodeGroups": [system, *listed]}


def group(**changes: Any) -> dict[str, Any]:
    return {"name": "more", "role": "general", "instanceTypes": ["m7i.2xlarge"], "min": 0, "max": 5, **changes}


def needed(**changes: Any) -> dict[Quota, Need]:
    return {each.quota: each for each in needs(cluster(**changes))}


def test_machines_count_by_their_vcpus_at_most() -> None:
    found = needed(compute=groups(group()))
    assert found[Quota.STANDARD].amount == 4 * 2 + 5 * 8
    assert found[Quota.STANDARD].reasons == ("group system: 4 nodes of 2", "group more: 5 nodes of 8")
    assert Quota.G not in found


def test_gpus_count_apart_and_a_new_account_has_none() -> None:
    gpu = group(role="gpu", instanceTypes=["g6.4xlarge"], max=6)
    assert needed(compute=groups(gpu))[Quota.G].amount == 96
    assert [quota.default for quota in (Quota.G, Quota.P, Quota.SPOT_G, Quota.SPOT_P)] == [0, 0, 0, 0]


def test_spot_has_quotas_of_its_own() -> None:
    found = needed(compute=groups(group(capacity="spot")))
    assert (found[Quota.SPOT_STANDARD].amount, found[Quota.STANDARD].amount) == (40, 8)


def test_a_group_of_several_types_may_be_all_of_the_largest() -> None:
    found = needed(compute=groups(group(instanceTypes=["m7i.2xlarge", "m7i.4xlarge"])))
    assert found[Quota.STANDARD].amount == 4 * 2 + 5 * 16


def test_a_pool_may_spend_its_limit_on_any_machine_bought_in_any_way() -> None:
    pool = {
        "name": "general",
        "role": "general",
        "families": ["m7i"],
        "capacity": ["spot", "onDemand"],
        "limits": {"cpu": "200", "memory": "800Gi"},
    }
    compute = {"kind": "karpenter", "nodeGroups": groups()["nodeGroups"], "nodePools": [pool]}
    settings = cluster().model_copy(update={"compute": KarpenterNodes.model_validate(compute)})
    found = {each.quota: each for each in needs(settings)}
    assert (found[Quota.STANDARD].amount, found[Quota.SPOT_STANDARD].amount) == (208, 200)
    assert "pool general: limits.cpu 200" in found[Quota.STANDARD].reasons


@pytest.mark.parametrize(("ways", "addresses"), [("one", 1), ("perZone", 3)])
def test_each_nat_gateway_has_an_address(ways: str, addresses: int) -> None:
    found = needed(network={**written()["network"], "natGateways": ways}, zones=[f"eu-central-1{z}" for z in "abc"])
    assert found[Quota.ADDRESSES].amount == addresses
    assert found[Quota.NAT_GATEWAYS].amount == 1


def test_a_network_that_exists_needs_none() -> None:
    network = {
        "kind": "existing",
        "vpcId": "vpc-01234567",
        "cidr": "10.40.0.0/16",
        "privateSubnets": [{"id": f"subnet-0123456{n}", "zone": f"eu-central-1{z}"} for n, z in enumerate("abc", 1)],
    }
    assert not {Quota.NETWORKS, Quota.ADDRESSES, Quota.NAT_GATEWAYS} & set(needed(network=network))


def test_groups_have_a_bound_each_and_their_disks_add_up() -> None:
    found = needed(compute=groups(group(max=100, diskGi=1024)))
    assert found[Quota.NODES_OF_GROUP].amount == 100
    assert found[Quota.NODE_GROUPS].amount == 2
    assert found[Quota.DISKS].amount == 101


def test_each_agent_may_need_a_role() -> None:
    alone, many = ({each.quota: each.amount for each in needs(cluster(), (), agents)} for agents in (0, 50))
    assert many[Quota.ROLES] - alone[Quota.ROLES] == 50


def test_an_environment_makes_no_more_roles_than_it_says() -> None:
    settings, agents = cluster(), environment().agents
    roles = recorded(preview=False)[0].of_type("iam/role:Role")
    of_copies_and_backups = 2
    said = {each.quota: each.amount for each in needs(settings, (), len(agents))}
    assert 10 < len(roles) + of_copies_and_backups <= said[Quota.ROLES]


def test_every_known_machine_counts_against_a_quota() -> None:
    for name, machine in instance_types().items():
        for capacity in Capacity:
            quota = of_machine(name, capacity)
            assert "vCPUs" in quota.title
            assert ("G and VT" in quota.title or " P " in quota.title) == bool(machine.gpus)
            assert ("Spot" in quota.title) == (capacity is Capacity.SPOT)


@given(most=st.integers(1, 450), more=st.integers(0, 100))
@hypothesis.settings(max_examples=15, deadline=None)
def test_more_nodes_never_need_less(most: int, more: int) -> None:
    few, many = (needed(compute=groups(group(max=size))) for size in (most, min(450, most + more)))
    assert all(many[quota].amount >= need.amount for quota, need in few.items())


def test_quotas_are_named_once_and_as_aws_names_them() -> None:
    codes = [(quota.service, quota.code) for quota in Quota]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("L-[0-9A-F]{8}", code) for _, code in codes)
    assert Quota.ROLES.region("eu-central-1") == "us-east-1"
    assert Quota.STANDARD.region("eu-central-1") == "eu-central-1"
