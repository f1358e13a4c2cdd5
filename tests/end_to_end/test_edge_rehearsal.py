"""An edge through the real engine under the pack: its zone first, then all of it, behind CloudFront, and destroyed."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.config.load import ROOT
from local.toolchain import Tools
from tests.components.edge.making import CDN, PARENT, WORLD
from tests.end_to_end.rehearsed import Project

pytestmark = [pytest.mark.engine, pytest.mark.rehearsal]
PROGRAM = '''
"""A network with an edge in it."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.config.edge import EdgeSettings
from components.config.network import MadeNetwork
from components.edge.component import Edge
from components.eks.tags import owner_tags
from components.ground import Ground
from components.kms import Key
from components.layers.cloud import aws_provider
from components.network.component import Network
from components.network.place import Place

NAME, ACCOUNT, REGION = "agent-platform-prod", "123456789012", "eu-central-1"
ZONES = tuple(f"{REGION}{zone}" for zone in "ab")
tags = owner_tags("platform-team", "4711", "prod")
opts = pulumi.ResourceOptions(provider=aws_provider("aws", REGION, ACCOUNT, tags))
there = pulumi.ResourceOptions(provider=aws_provider("aws-us-east-1", "us-east-1", ACCOUNT, tags))

own = {"kind": "made", "cidr": "10.40.0.0/16", "natGateways": "one", "interfaceEndpoints": []}
key = Key("data", description="Data", alias="data", account_id=ACCOUNT, protect=False, opts=opts)
network = Network("network", MadeNetwork.model_validate(own), Place(NAME, ACCOUNT, REGION, ZONES), key.arn, opts)
nodes = aws.ec2.SecurityGroup("nodes", name="nodes", description="Nodes", vpc_id=network.vpc_id, opts=opts)
ground = Ground(
    cluster=NAME,
    account_id=ACCOUNT,
    region=REGION,
    zones=ZONES,
    vpc_id=network.vpc_id,
    cidr=network.cidr,
    private_subnet_ids=network.private_subnet_ids,
    public_subnet_ids=network.public_subnet_ids,
    node_security_group_id=nodes.id,
    key_arn=key.arn,
    boundary_arn=None,
    tags=tags,
    protect=False,
    opts=opts,
)
settings = EdgeSettings.model_validate_json(Path("edge.json").read_text())
pulumi.export("edge", Edge("edge", settings, ground, there, [network], opts=opts).told)
'''


class Rehearsed:
    """A project with an edge."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.project = Project(folder, tools, PROGRAM)
        self._tell_the_pack()
        zone = {"type": "aws:route53/zone:Zone", "id": PARENT, "state": {"zoneId": PARENT, "name": "example.com"}}
        self.project.inventory.mkdir()
        (self.project.inventory / "existing.json").write_text(json.dumps([zone]), encoding="utf-8")

    def write(self, zone: dict[str, Any], entry: dict[str, Any]) -> None:
        """Write the edge's settings."""
        text = json.dumps({"domain": "agents.example.com", "zone": zone, "entry": entry})
        (self.project.folder / "edge.json").write_text(text, encoding="utf-8")

    def up(self, *arguments: str, expect: int = 0) -> str:
        """Bring it up under the pack as configured for production and told of the bucket of logs."""
        pack = ("--policy-pack", str(ROOT / "policies"), "--policy-pack-config", str(self.project.folder / "pack.json"))
        return self.project.up(*pack, *arguments, expect=expect)

    def of_type(self, token: str) -> list[dict[str, Any]]:
        """Return the states of what there is of a type."""
        found = [each for each in self.project.dump()["resources"] if not each["is_outside"]]
        return [each["state"] for each in found if each["token"].endswith(token)]

    def _tell_the_pack(self) -> None:
        """Write the pack's configuration, with the rules lowered under which nothing could be replaced or deleted."""
        options = json.loads((ROOT / "policies/config.prod.json").read_text())
        options.setdefault("s3-private-encrypted", {}).setdefault("logBuckets", []).append("edge-entry-logs-bucket")
        for rule in ("stack-protect-stateful", "lb-tls-logged-protected"):
            options[rule] = {**options.get(rule, {}), "enforcementLevel": "advisory"}
        (self.project.folder / "pack.json").write_text(json.dumps(options), encoding="utf-8")


@pytest.fixture(scope="module")
def edge(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """Return a project whose tests go through an edge's life in order."""
    return Rehearsed(tmp_path_factory.mktemp("edge") / "project", tools)


def test_an_undelegated_zone_is_made_alone_and_nothing_hangs(edge: Rehearsed) -> None:
    edge.write({"kind": "made"}, WORLD)
    edge.up()
    told = edge.project.outputs()["edge"]
    assert told["nameServers"] == edge.of_type("zone:Zone")[0]["nameServers"]
    assert "delegated: true" in told["next"]
    assert edge.of_type("certificate:Certificate") == edge.of_type("loadBalancer:LoadBalancer") == []


def test_who_says_too_early_that_it_is_delegated_learns_why_the_certificate_would_hang(edge: Rehearsed) -> None:
    edge.write({"kind": "made", "delegated": True}, WORLD)
    assert "the world does not see" in edge.up(expect=255)


def test_once_it_is_delegated_the_world_gets_in_and_a_second_up_changes_nothing(edge: Rehearsed) -> None:
    edge.write({"kind": "made", "parent": PARENT}, WORLD)
    edge.up()
    assert edge.project.outputs()["edge"]["url"] == "https://agents.example.com"
    (listener,) = edge.of_type("listener:Listener")
    assert (listener["port"], listener["protocol"]) == (443, "TLS")
    edge.up("--expect-no-changes")


def test_cloudfront_takes_the_worlds_place_without_a_clash_of_names(edge: Rehearsed) -> None:
    edge.write({"kind": "made", "parent": PARENT}, CDN)
    edge.up()
    (balancer,) = edge.of_type("loadBalancer:LoadBalancer")
    assert (balancer["loadBalancerType"], balancer["internal"]) == ("application", True)
    (distribution,) = edge.of_type("distribution:Distribution")
    assert distribution["webAclId"] == edge.of_type("webAcl:WebAcl")[0]["arn"]
    edge.up("--expect-no-changes")


def test_destroy_leaves_nothing(edge: Rehearsed) -> None:
    edge.project.pulumi("destroy", "--yes", "--skip-preview")
    assert [each for each in edge.project.dump()["resources"] if not each["is_outside"]] == []
