"""An environment of several stacks: what goes together, and what one stack knows of another."""

from pathlib import Path
from typing import Any

import pytest

from components.config.contract import VERSION, Contract, published
from components.config.environment import environments, made_by, read_environment
from components.config.layering import Layer
from components.config.load import ROOT, read_stack_file
from components.config.model import RefusedError
from components.config.problems import ConfigurationError
from components.config.reached import ReachedEks
from tests.components.config.stacks import TEAMS, UPPER, Folder
from tests.components.eks.making import written


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return a right environment."""
    return Folder(tmp_path)


def test_stacks_come_after_those_that_they_stand_on(folder: Folder) -> None:
    assert list(folder.read()) == ["prod", "prod-platform", "prod-news", "prod-shop"]


def test_each_stack_makes_the_agents_of_its_own_team(folder: Folder) -> None:
    made = {name: [agent.reference for agent in made_by(stack)] for name, stack in folder.read().items()}
    assert made == {"prod": [], "prod-platform": [], "prod-news": ["news/writer"], "prod-shop": ["shop/seller"]}


def test_a_lower_stack_knows_the_cluster_the_teams_and_who_goes_on(folder: Folder) -> None:
    stacks = folder.read()
    cluster = stacks["prod-shop"].cluster
    assert isinstance(cluster, ReachedEks)
    assert cluster.name == "agent-platform-prod"
    assert [pool.name for pool in cluster.node_pools] == ["general", "gpu"]
    assert [team.name for team in stacks["prod-shop"].teams] == ["shop", "news"]
    assert stacks["prod-platform"].below == ("prod-news", "prod-shop")
    assert stacks["prod"].below == ("prod-platform",)


def test_an_agent_that_no_node_can_hold_is_refused_though_another_stack_makes_the_nodes(folder: Folder) -> None:
    amounts = {"cpu": "1", "memory": "4096Gi"}
    folder.agent("shop/giant", resources={"requests": amounts, "limits": amounts})
    problems = folder.problems()
    assert {problem.file for problem in problems if "offers at most" in problem.reason} == {"agents/shop/giant.yaml"}


def test_taking_away_the_nodes_under_an_agent_is_refused_in_the_stack_that_makes_them(folder: Folder) -> None:
    folder.agent("shop/artist", gpu={"count": 1})
    compute = folder.stacks["prod"]["cluster"]["compute"]
    compute["nodeGroups"] = [each for each in compute["nodeGroups"] if each["name"] != "gpu"]
    with pytest.raises(ConfigurationError) as caught:
        read_stack_file(folder.write() / "Pulumi.prod.yaml", folder.root / "agents")
    assert [problem.file for problem in caught.value.problems] == ["agents/shop/artist.yaml"]


def test_all_that_is_wrong_in_all_stacks_comes_in_one_report(folder: Folder) -> None:
    folder.stacks["prod-platform"]["teams"][0]["qouta"] = 1
    folder.stacks["prod-shop"]["regstries"] = []
    folder.agent("news/writer", replica=1)
    files = {problem.file for problem in folder.problems()}
    assert files == {"Pulumi.prod-platform.yaml", "Pulumi.prod-shop.yaml", "agents/news/writer.yaml"}


@pytest.mark.parametrize(
    ("stack", "changes", "reason", "fix"),
    [
        ("prod", {"layers": ["cloud", "team"]}, "without platform", "add platform"),
        ("prod", {"layers": ["platform"], "teams": TEAMS}, "nobody would make it", "kind: contract"),
        ("prod", {"registries": ["registry.example.com"]}, "registries belongs to the platform layer", "move it"),
        ("prod", {"team": "shop"}, "team belongs to the team layer", "move it"),
        ("prod-shop", {"teams": TEAMS}, "teams belongs to the platform layer", "move it"),
        ("prod-shop", {"layers": ["cloud", "platform", "team"]}, "cluster.kind is contract", "remove cloud"),
        ("prod-shop", {"team": "shopp"}, "team shopp is not one of this environment's", "news, shop"),
        ("prod-platform", {"teams": []}, "`teams` is empty", "list at least one"),
        ("prod-platform", {"layers": ["platform", "team", "platform"]}, "2 times", "once"),
        ("prod-shop", {"environment": "dev"}, "prod-platform is of environment prod", "agree"),
        ("prod-shop", {"cluster": {"kind": "contract"}}, "neither stack nor parameter", "one of the two"),
        (
            "prod-shop",
            {"cluster": {"kind": "contract", "stack": UPPER.format("prod")}},
            "prod holds the cloud layer alone",
            "name the stack that holds the platform layer",
        ),
        (
            "prod-shop",
            {"cluster": {"kind": "contract", "stack": "prod-platform"}},
            "does not name organization, project and stack",
            "organization/agent-platform/dev-platform",
        ),
        (
            "prod-shop",
            {"cluster": {"kind": "kubeconfig", "kubeconfig": "k", "context": "c", "identifier": "c", "zones": ["a"],
                         "nodePools": [{"name": "a", "instanceType": "t", "nodes": 1, "cpu": 4, "memory": "8Gi"}]}},
            "nobody would tell of teams",
            "by `kind: contract`",
        ),
    ],
)  # fmt: skip
def test_what_cannot_go_together_is_refused_with_the_fix(
    folder: Folder, stack: str, changes: dict[str, Any], reason: str, fix: str
) -> None:
    folder.stacks[stack].update(changes)
    with pytest.raises(ConfigurationError) as caught:
        read_stack_file(folder.write() / f"Pulumi.{stack}.yaml", folder.root / "agents")
    found = [problem for problem in caught.value.problems if reason in problem.reason]
    assert found, caught.value
    assert fix in found[0].fix


def test_a_second_platform_on_one_cluster_is_refused(folder: Folder) -> None:
    folder.stacks["prod-two"] = folder.stacks["prod-platform"]
    assert "prod-platform and prod-two both hold the platform layer" in folder.only().reason
    on_the_first = {"kind": "contract", "stack": UPPER.format("prod-platform")}
    folder.stacks["prod-two"] = {**folder.stacks["prod-platform"], "cluster": on_the_first}
    assert "prod-platform holds the platform layer already; two would fight" in folder.only().reason


def test_two_stacks_that_claim_one_team_are_refused(folder: Folder) -> None:
    folder.stacks["prod-all"] = {**folder.team("shop"), "team": None}
    folder.stacks["prod-all"].pop("team")
    reasons = "\n".join(problem.reason for problem in folder.problems())
    assert "prod-all and prod-news both hold team news" in reasons
    assert "prod-all and prod-shop both hold team shop" in reasons


def test_agents_that_no_stack_holds_are_refused(folder: Folder) -> None:
    del folder.stacks["prod-news"]
    problem = folder.only()
    assert "no stack of the environment holds team news, so its 1 agents would not exist" in problem.reason
    assert "Pulumi.prod-news.yaml" in problem.fix


def test_a_contract_of_a_stack_that_has_no_file_is_refused(folder: Folder) -> None:
    del folder.stacks["prod-platform"]
    with pytest.raises(ConfigurationError, match=r"Pulumi\.prod-platform\.yaml, which would tell of the cluster"):
        read_stack_file(folder.write() / "Pulumi.prod-shop.yaml", folder.root / "agents")


def test_stacks_that_take_their_cluster_from_each_other_are_refused(folder: Folder) -> None:
    folder.stacks["prod-platform"]["cluster"] = {"kind": "contract", "stack": UPPER.format("prod-shop")}
    with pytest.raises(ConfigurationError, match="takes its cluster from this stack in turn"):
        read_stack_file(folder.write() / "Pulumi.prod-shop.yaml", folder.root / "agents")


def test_an_environment_is_named_after_the_stack_that_holds_its_cluster(folder: Folder) -> None:
    folder.stacks["prod-us"] = {"layers": ["cloud"], "cluster": {**written(), "name": "other"}}
    root = folder.write()
    assert environments(root) == ("prod", "prod-us")
    assert "prod-us" not in folder.read()
    with pytest.raises(ConfigurationError, match="it takes its cluster from prod-platform"):
        read_environment(root, "prod-shop")
    with pytest.raises(ConfigurationError, match="name one of: prod, prod-us"):
        read_environment(root, "moon")


def test_stacks_with_those_that_they_stand_on_come_in_order(folder: Folder) -> None:
    environment = read_environment(folder.write(), "prod")
    assert environment.with_uppers(["prod-shop"]) == ("prod", "prod-platform", "prod-shop")
    assert environment.with_uppers(["prod"]) == ("prod",)
    assert environment.with_uppers([]) == ()


def told() -> dict[str, Any]:
    config = read_environment(ROOT, "dev").stacks[1]
    return config.contract(config.cluster.plain())


def test_a_contract_of_another_version_is_refused_in_a_sentence() -> None:
    with pytest.raises(RefusedError, match=f"of version 2, and this program reads version {VERSION} only") as caught:
        Contract.from_output({**told(), "version": 2})
    assert "same release" in caught.value.fix
    with pytest.raises(RefusedError, match="of version None"):
        Contract.from_output("nonsense")
    with pytest.raises(RefusedError, match="layer"):
        Contract.from_output({**told(), "layer": "moon"})


def test_a_contract_in_parameters_has_each_team_by_itself_and_comes_together_again() -> None:
    shared, teams = published(told())
    assert shared["teams"] == ["media", "storefront"]
    assert set(teams) == {"media", "storefront"}
    together = {**shared, "teams": list(teams.values())}
    assert {team.name for team in Contract.from_output(together).teams} == {"media", "storefront"}
    assert Contract.from_output(together).layer is Layer.PLATFORM
