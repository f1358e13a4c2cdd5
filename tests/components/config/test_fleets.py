"""What is refused of a stack's fleets beside their environment and each other."""

from pathlib import Path
from typing import Any

import pytest

from components.config.fleets import LONGEST_TOGETHER
from tests.components.config.production import only, read, refused, setting
from tests.components.config.stacks import Folder
from tests.components.vm_fleet.making import AGENT, CERTIFICATE, SECRET, written

IMAGE = "registry.example.com/storefront/recommender@sha256:" + "a" * 64
PUBLIC = {"clients": ["203.0.113.0/24"], "internal": False}


def fleet(**changes: Any) -> dict[str, Any]:
    """Return the example, whose image is in the environment's registry."""
    return written(image=IMAGE, **changes)


def test_fleets_of_the_environments_teams_are_taken(tmp_path: Path) -> None:
    config = read(tmp_path, others={"fleets": [fleet(), fleet(name="ranker", team="media", **PUBLIC)]})
    assert [(each.name, each.team) for each in config.fleets] == [("recommender", "storefront"), ("ranker", "media")]


@pytest.mark.parametrize(
    ("changes", "path", "reason", "fix"),
    [
        ({"team": "storfront"}, "team", "no such team", "did you mean storefront?"),
        ({"image": AGENT}, "image", "not one of this environment's", "registry.example.com"),
        ({"certificateArn": CERTIFICATE.replace("123456789012", "210987654321")}, "certificateArn", "2109", "1234"),
        ({"certificateArn": CERTIFICATE.replace("eu-central-1", "eu-west-1")}, "certificateArn", "eu-west-1", "eu-c"),
        ({"secrets": {"key": SECRET.replace("eu-central-1", "eu-west-1")}}, "secrets.key", "eu-west-1", "eu-central-1"),
    ],
)
def test_what_does_not_go_with_the_environment_is_refused_with_the_fix(
    changes: dict[str, Any], path: str, reason: str, fix: str, tmp_path: Path
) -> None:
    problem = only(tmp_path, fleets=[written(**{"image": IMAGE, **changes})])
    assert problem.path == f"fleets.0.{path}"
    assert problem.line > 1
    assert reason in problem.reason
    assert fix in problem.fix


def test_two_fleets_of_one_name_are_refused(tmp_path: Path) -> None:
    problem = only(tmp_path, fleets=[fleet(), fleet(team="media")])
    assert (problem.path, problem.fix) == ("fleets.1.name", "rename one of them")


def test_one_name_for_fleets_of_two_teams_stacks_is_refused(tmp_path: Path) -> None:
    environment = Folder(tmp_path)
    for team in ("news", "shop"):
        environment.stacks[f"prod-{team}"]["fleets"] = [fleet(team=team)]
    problem = environment.only()
    assert "prod-news and prod-shop both have a fleet recommender" in problem.reason
    assert (problem.file, problem.path, problem.fix) == ("Pulumi.prod-shop.yaml", "fleets", "rename one of them")
    environment.stacks["prod-shop"]["fleets"][0]["name"] = "ranker"
    assert [each.name for stack in environment.read().values() for each in stack.fleets] == ["recommender", "ranker"]


def test_names_that_would_be_too_long_together_are_refused(tmp_path: Path) -> None:
    name = "c" * (LONGEST_TOGETHER - len("recommender"))
    assert read(tmp_path, setting(name=name), others={"fleets": [fleet()]}).fleets
    problem = only(tmp_path, setting(name=f"{name}c"), fleets=[fleet()])
    assert problem.path == "fleets.0.name"
    assert problem.fix == "shorten it to 10 characters or fewer"
    longest = f"{name}-ap-southeast-2-vm-recommender"
    assert len(longest) == 64


def test_a_network_without_public_subnets_has_internal_fleets_only(tmp_path: Path) -> None:
    network = {
        "kind": "existing",
        "vpcId": "vpc-01234567",
        "cidr": "10.40.0.0/16",
        "privateSubnets": [{"id": f"subnet-0123456{n}", "zone": f"eu-central-1{z}"} for n, z in enumerate("abc", 1)],
        "gatewayCidrs": {"s3": ["52.219.0.0/20"]},
    }
    assert read(tmp_path, setting(network=network), others={"fleets": [fleet()]}).fleets
    problem = only(tmp_path, setting(network=network), fleets=[fleet(**PUBLIC)])
    assert (problem.path, "public subnets" in problem.reason) == ("fleets.0.internal", True)


def test_a_teams_stack_has_no_fleets_of_others(tmp_path: Path) -> None:
    problem = only(tmp_path, team="storefront", fleets=[fleet(), fleet(name="ranker", team="media")])
    assert (problem.path, "stack of team media" in problem.fix) == ("fleets.1.team", True)


def test_fleets_belong_to_the_layer_that_makes_them(tmp_path: Path) -> None:
    found = refused(tmp_path, layers=["cloud", "platform"], fleets=[fleet()])
    assert any("fleets belongs to the team layer" in each.reason for each in found)


def test_all_that_is_wrong_comes_at_once(tmp_path: Path) -> None:
    elsewhere = CERTIFICATE.replace("eu-central", "eu-west")
    found = refused(tmp_path, fleets=[fleet(team="nobody"), {**fleet(certificateArn=elsewhere), "image": AGENT}])
    assert {each.path for each in found} == {
        "fleets.0.team",
        "fleets.1.name",
        "fleets.1.image",
        "fleets.1.certificateArn",
    }
