"""The services of docs/services.md through the real engine under the pack: up, again, changed, and destroyed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.load import ROOT
from local.toolchain import Tools
from tests.end_to_end.rehearsed import Project

pytestmark = [pytest.mark.engine, pytest.mark.rehearsal]
PROGRAM = '''
"""A network with a team's services in it."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws
from pydantic import TypeAdapter

from components.config.network import MadeNetwork
from components.config.service_checks import owned
from components.config.services import AnyService
from components.eks.tags import owner_tags
from components.ground import Ground
from components.kms import Key
from components.layers.cloud import aws_provider
from components.layers.services import build_services, described
from components.network.component import Network
from components.network.place import Place

NAME, ACCOUNT, REGION = "agent-platform-prod", "123456789012", "eu-central-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ZONES = tuple(f"{REGION}{zone}" for zone in "abc")
PROTECT = not Path("unprotected").exists()
tags = owner_tags("platform-team", "4711", "prod")
opts = pulumi.ResourceOptions(provider=aws_provider("aws", REGION, ACCOUNT, tags))

own = {"kind": "made", "cidr": "10.40.0.0/16", "natGateways": "one", "interfaceEndpoints": ["sqs"]}
key = Key("data", description="Data", alias="data", account_id=ACCOUNT, protect=PROTECT, opts=opts)
place = Place(NAME, ACCOUNT, REGION, ZONES, BOUNDARY)
network = Network("network", MadeNetwork.model_validate(own), place, key.arn, opts)
nodes = aws.ec2.SecurityGroup(
    "nodes", name="nodes", description="The nodes", vpc_id=network.vpc_id, tags={"Name": "nodes"}, opts=opts
)
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
    boundary_arn=BOUNDARY,
    tags=tags,
    protect=PROTECT,
    opts=opts,
)
written = json.loads(Path("services.json").read_text())
services = owned([TypeAdapter(AnyService).validate_python(each) for each in written], "storefront")
made = build_services(services, ground, {})
pulumi.export("services", described(made))
pulumi.export("parts", {name: each.parts for name, each in made.items()})
'''
PAGE = (ROOT / "docs/services.md").read_text()


class Services:
    """A project with the page's services."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.project = Project(folder, tools, PROGRAM)
        (block,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
        self.written: list[dict[str, Any]] = yaml.safe_load(block)["agent-platform:services"]
        self.write()
        self._tell_the_pack({})
        boundary = "arn:aws:iam::123456789012:policy/boundary"
        listed = [{"type": "aws:iam/policy:Policy", "id": boundary, "state": {"arn": boundary}}]
        self.project.inventory.mkdir()
        (self.project.inventory / "existing.json").write_text(json.dumps(listed), encoding="utf-8")

    def write(self, name: str = "", **changes: Any) -> None:
        """Write the services' settings, one of them changed."""
        text = json.dumps([{**each, **(changes if each["name"] == name else {})} for each in self.written])
        (self.project.folder / "services.json").write_text(text, encoding="utf-8")

    def up(self, *arguments: str) -> str:
        """Bring them up under the pack as configured for production."""
        pack = ("--policy-pack", str(ROOT / "policies"), "--policy-pack-config", str(self.project.folder / "pack.json"))
        return self.project.up(*pack, *arguments)

    def unprotect(self) -> None:
        """Take the step by which they may be deleted for good."""
        (self.project.folder / "unprotected").touch()
        self._tell_the_pack({"stack-protect-stateful": {"enforcementLevel": "advisory"}})

    def of_type(self, token: str) -> list[dict[str, Any]]:
        """Return the states of what there is of a type."""
        return [each["state"] for each in self.project.dump()["resources"] if each["token"].endswith(token)]

    def _tell_the_pack(self, lowered: dict[str, Any]) -> None:
        options = json.loads((ROOT / "policies/config.prod.json").read_text()) | lowered
        options["s3-private-encrypted"] = {"logBuckets": ["storefront-access-logs-bucket"]}
        (self.project.folder / "pack.json").write_text(json.dumps(options), encoding="utf-8")


@pytest.fixture(scope="module")
def services(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Return services that are up; each test leaves them so."""
    made = Services(tmp_path_factory.mktemp("services") / "project", tools)
    made.up()
    return made


def test_they_are_there_and_a_second_up_changes_nothing(services: Services) -> None:
    told, parts = services.project.outputs()["services"], services.project.outputs()["parts"]
    assert sorted(told) == sorted(f"storefront/{each['name']}" for each in services.written)
    assert told["storefront/sessions"]["host"].startswith("master.agent-platform-prod-storefront-sessions.")
    assert told["storefront/orders"]["host"].endswith("/agent-platform-prod-storefront-orders.fifo")
    assert told["storefront/events"]["host"].count(":9098") == 3
    assert told["storefront/ledger"]["host"].startswith("agent-platform-prod-storefront-ledger.cluster-")
    cluster = told["storefront/events"]["arn"].rpartition(":cluster/")[2]
    assert parts["storefront/events"]["topics"].endswith(f":topic/{cluster}/*")
    (instance,) = services.of_type("rds/instance:Instance")
    assert parts["storefront/catalog"]["login"].endswith(f":dbuser:{instance['resourceId']}/agents")
    services.up("--expect-no-changes")


def test_a_change_of_size_replaces_nothing(services: Services) -> None:
    services.write("sessions", replicas=3)
    assert "replaced" not in services.up()
    (cache,) = services.of_type("elasticache/replicationGroup:ReplicationGroup")
    assert len(cache["memberClusters"]) == 4


def test_they_are_deleted_after_the_documented_step_and_leave_nothing(services: Services) -> None:
    services.project.pulumi("destroy", "--yes", "--skip-preview", expect=255)
    services.unprotect()
    services.up()
    services.project.pulumi("destroy", "--yes", "--skip-preview")
    assert [each for each in services.project.dump()["resources"] if not each["is_outside"]] == []
