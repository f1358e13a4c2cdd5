"""Networks to test: made with a few words, in a cloud of their own."""

import json
from typing import Any

import pulumi

from components.config.network import ExistingNetwork, MadeNetwork
from components.kms import Key
from components.kms.policy import log_groups
from components.network import flow_logs
from components.network.component import Network
from components.network.place import Place
from tests.components.aws_recording import ACCOUNT, REGION, Cloud, Registered, recording, run

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
CIDR = "10.40.0.0/16"


def place(zones: tuple[str, ...] = ZONES, cluster: str = "agents") -> Place:
    return Place(cluster, ACCOUNT, REGION, zones)


def settings(**changes: Any) -> MadeNetwork:
    return MadeNetwork.model_validate({"kind": "made", "cidr": CIDR, **changes})


def existing(**changes: Any) -> ExistingNetwork:
    def subnets(kind: int) -> list[dict[str, str]]:
        return [{"id": f"subnet-0123456{kind}", "zone": zone} for kind, zone in enumerate(reversed(ZONES), kind)]

    base = {"kind": "existing", "vpcId": "vpc-01234567", "cidr": CIDR, "privateSubnets": subnets(1)}
    return ExistingNetwork.model_validate({**base, "publicSubnets": subnets(4), "intraSubnets": subnets(7), **changes})


def make(network: MadeNetwork | ExistingNetwork, where: Place | None = None) -> Network:
    where = where or place()

    def program(opts: pulumi.ResourceOptions) -> Network:
        statement = log_groups(where.region, where.account_id, [flow_logs.group_name(where.cluster)])
        key = Key(
            "logs",
            description="Logs",
            alias=f"{where.cluster}-logs",
            statements=[statement],
            account_id=where.account_id,
            protect=True,
            opts=opts,
        )
        return Network("network", network, where, key.arn, opts)

    made: Network = run(program)
    return made


def of_network(cloud: Cloud) -> dict[str, Registered]:
    """Return the children of the network by name."""
    (parent,) = [r.urn for r in cloud.of_type("index:Network")]
    return {r.name: r for r in cloud.registered if r.parent == parent}


def made_with(network: MadeNetwork, where: Place | None = None, *, preview: bool = False) -> Cloud:
    """Make a network in a cloud of its own, and return that."""
    with recording(preview=preview) as cloud:
        make(network, where)
    return cloud


def id_of(cloud: Cloud, name: str) -> str:
    identifier: str = cloud.named(name).outputs["id"]
    return identifier


def statements(registered: Registered) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(registered.inputs["policy"])["Statement"]
    return found
