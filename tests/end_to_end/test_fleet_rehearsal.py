"""The fleet of docs/vm-fleet.md through the real engine under the pack: up, again, updated, scaled, and destroyed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.load import ROOT
from components.config.vm_fleet import VmFleetSettings
from local.outside import of_fleets
from local.toolchain import Tools
from tests.end_to_end.rehearsed import Project

pytestmark = [pytest.mark.engine, pytest.mark.rehearsal]
PROGRAM = '''
"""A network with a fleet in it."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.config.network import MadeNetwork
from components.config.vm_fleet import VmFleetSettings
from components.eks.tags import owner_tags
from components.ground import Ground
from components.kms import Key
from components.layers.cloud import aws_provider
from components.layers.fleets import build_fleets
from components.network.component import Network
from components.network.place import Place

NAME, ACCOUNT, REGION = "agent-platform-prod", "123456789012", "eu-central-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ZONES = tuple(f"{REGION}{zone}" for zone in "ab")
PROTECT = not Path("unprotected").exists()
tags = owner_tags("platform-team", "4711", "prod")
opts = pulumi.ResourceOptions(provider=aws_provider("aws", REGION, ACCOUNT, tags))

own = {"kind": "made", "cidr": "10.40.0.0/16", "natGateways": "one", "interfaceEndpoints": ["ssm"]}
key = Key("data", description="Data", alias="data", account_id=ACCOUNT, protect=PROTECT, opts=opts)
place = Place(NAME, ACCOUNT, REGION, ZONES, BOUNDARY)
network = Network("network", MadeNetwork.model_validate(own), place, key.arn, opts)
linked = aws.iam.ServiceLinkedRole("linked", aws_service_name="autoscaling.amazonaws.com", opts=opts)
ground = Ground(
    cluster=NAME,
    account_id=ACCOUNT,
    region=REGION,
    zones=ZONES,
    vpc_id=network.vpc_id,
    cidr=network.cidr,
    private_subnet_ids=network.private_subnet_ids,
    public_subnet_ids=network.public_subnet_ids,
    node_security_group_id=None,
    key_arn=key.arn,
    boundary_arn=BOUNDARY,
    tags=tags,
    protect=PROTECT,
    opts=opts,
    after=[network, linked],
)
settings = [VmFleetSettings.model_validate(each) for each in json.loads(Path("fleets.json").read_text())]
pulumi.export("fleets", build_fleets(settings, ground))
'''
PAGE = (ROOT / "docs/vm-fleet.md").read_text()


def example(language: str) -> str:
    """Return the page's only block of a language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(block)


class Fleet:
    """A project with the page's fleet."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.project = Project(folder, tools, PROGRAM)
        (self.written,) = yaml.safe_load(example("yaml"))["agent-platform:fleets"]
        self.write()
        self._name_what_is_there()

    def write(self, **changes: Any) -> None:
        """Write the fleet's settings, changed."""
        text = json.dumps([{**self.written, **changes}])
        (self.project.folder / "fleets.json").write_text(text, encoding="utf-8")

    def up_under_the_pack(self) -> None:
        """Bring it up under the pack as configured for production and told as the page says."""
        options = json.loads((ROOT / "policies/config.prod.json").read_text())
        for rule, added in json.loads(example("json")).items():
            options[rule] = {**options.get(rule, {}), **added}
        config = self.project.folder / "pack.json"
        config.write_text(json.dumps(options), encoding="utf-8")
        self.project.up("--policy-pack", str(ROOT / "policies"), "--policy-pack-config", str(config))

    def unprotect(self) -> None:
        """Take the step by which a fleet may be replaced or deleted for good."""
        (self.project.folder / "unprotected").touch()
        self.project.up()

    def of_type(self, token: str) -> list[dict[str, Any]]:
        """Return the states of what there is of a type."""
        return [each["state"] for each in self.project.dump()["resources"] if each["token"].endswith(token)]

    def _name_what_is_there(self) -> None:
        arn = "arn:aws:iam::123456789012:policy/boundary"
        boundary = {"type": "aws:iam/policy:Policy", "id": arn, "state": {"arn": arn}}
        listed = [boundary, *of_fleets([VmFleetSettings.model_validate(self.written)])]
        self.project.inventory.mkdir()
        (self.project.inventory / "existing.json").write_text(json.dumps(listed), encoding="utf-8")


@pytest.fixture(scope="module")
def fleet(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """Return a fleet that is up; each test leaves it so."""
    made = Fleet(tmp_path_factory.mktemp("fleet") / "project", tools)
    made.up_under_the_pack()
    return made


def test_it_is_there_and_a_second_up_changes_nothing(fleet: Fleet) -> None:
    (group,) = fleet.of_type("autoscaling/group:Group")
    assert (group["minSize"], group["maxSize"], group["healthCheckGracePeriod"]) == (2, 10, 300)
    told = fleet.project.outputs()["fleets"]["recommender"]
    assert told["url"] == "https://recommender.example.com"
    fleet.project.up("--expect-no-changes")


def test_a_new_image_changes_what_machines_start_from_and_is_rolled_out(fleet: Fleet) -> None:
    (before,) = fleet.of_type("autoscaling/group:Group")
    fleet.write(image=fleet.written["image"].replace("0" * 64, "1" * 64))
    printed = fleet.project.up()
    (after,) = fleet.of_type("autoscaling/group:Group")
    assert "replaced" not in printed
    assert before["launchTemplate"]["version"] != after["launchTemplate"]["version"]
    assert after["instanceRefresh"]["strategy"] == "Rolling"


def test_what_is_protected_is_replaced_after_the_documented_step_and_without_a_clash_of_names(fleet: Fleet) -> None:
    fleet.unprotect()
    fleet.write(clients=["203.0.113.0/24"], internal=False)
    fleet.project.up()
    (balancer,) = fleet.of_type("lb/loadBalancer:LoadBalancer")
    assert balancer["internal"] is False


def test_destroy_leaves_nothing(fleet: Fleet) -> None:
    fleet.project.pulumi("destroy", "--yes", "--skip-preview")
    assert [each for each in fleet.project.dump()["resources"] if not each["is_outside"]] == []
