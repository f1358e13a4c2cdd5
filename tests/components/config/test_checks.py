"""What is refused when agents, teams and nodes are held against each other."""

import json

import pytest

from components.config.contract import Contract
from components.config.load import read_stack_file
from components.config.problems import ConfigurationError
from tests.components.config.conftest import DIGEST, Project, Refusal


def test_a_call_to_an_agent_that_does_not_exist_is_refused_with_the_nearest_name(refusal: Refusal) -> None:
    problem = refusal(calls=["goood"])
    assert "no agent shop/goood" in problem.reason
    assert "shop/good" in problem.fix


def test_a_call_to_an_agent_whose_own_file_is_broken_is_not_a_second_error(project: Project) -> None:
    project.write("shop/broken", replica=1)
    project.write("shop/caller", calls=["broken"])
    assert [problem.path for problem in project.problems()] == ["replica"]


def test_an_agent_of_protected_data_needs_a_team_that_says_where_data_stay(refusal: Refusal) -> None:
    problem = refusal(dataClass="personal", retentionDays=30)
    assert problem.path == "dataClass"
    assert "residency: <region>" in problem.fix


def test_wrong_options_and_what_they_stand_beside_come_in_one_report(project: Project) -> None:
    image = f"other.example.com/agents/x@{DIGEST}"
    project.write("shop/bad", replica=1, gpu={"count": 8}, calls=["nobody"], image=image, version="1")
    assert {problem.path for problem in project.problems() if problem.file.startswith("agents/")} == {
        "replica",
        "gpu.count",
        "calls.0",
        "image",
        "version",
    }


def test_an_option_that_is_wrong_in_itself_is_not_refused_twice(project: Project) -> None:
    project.write("shop/bad", image="latest", resources={"requests": {}, "limits": {}})
    assert {problem.path for problem in project.problems()} == {
        "image",
        "resources.requests.memory",
        "resources.limits.cpu",
        "resources.limits.memory",
    }


@pytest.mark.parametrize("place", ["stray.yaml", "shop/sub/deep.yaml", "shop/shout.YAML"])
def test_a_file_where_no_team_could_own_it_is_refused(project: Project, place: str) -> None:
    path = project.folder / "agents" / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("description: lost\n")
    assert "move it to agents/<team>/<name>.yaml" in project.problems()[0].fix


def test_a_link_to_nowhere_is_refused(project: Project) -> None:
    (project.folder / "agents/shop/link.yaml").symlink_to("nowhere.yaml")
    assert "can't be read" in project.problems()[0].reason


@pytest.mark.parametrize("text", ["config:\n", "config: 3\n", "- a\n", "config: [1]\n"])
def test_a_settings_file_without_settings_is_refused_without_a_traceback(project: Project, text: str) -> None:
    path = project.folder / "Pulumi.local.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError):
        read_stack_file(path, project.folder / "agents")


def test_a_misspelt_project_in_the_settings_is_refused(project: Project) -> None:
    project.read()
    path = project.folder / "Pulumi.local.yaml"
    path.write_text(path.read_text().replace("agent-platform:registries", "agent-platfrom:registries"))
    with pytest.raises(ConfigurationError, match="write `agent-platform:registries`"):
        read_stack_file(path, project.folder / "agents")


def test_an_agent_that_calls_itself_is_refused(refusal: Refusal) -> None:
    assert "itself" in refusal(calls=["bad"]).reason


def test_more_gpus_than_any_node_has_are_refused(refusal: Refusal) -> None:
    problem = refusal(gpu={"count": 4}, replicas=0)
    assert problem.path == "gpu.count"
    assert "asks for 4" in problem.reason
    assert "at most 2 (pool gpu)" in problem.reason


def test_a_gpu_that_no_node_has_is_refused(refusal: Refusal) -> None:
    assert "NVIDIA-L4" in refusal(gpu={"product": "NVIDIA-H100"}).fix


def test_an_agent_without_gpus_is_held_against_nodes_without_gpus(project: Project, refusal: Refusal) -> None:
    project.settings["cluster"]["nodePools"][1]["cpu"] = 64
    size = {"requests": {"cpu": 6, "memory": "1Gi"}, "limits": {"cpu": 6, "memory": "1Gi"}}
    assert "at most 4 (pool general)" in refusal(resources=size).reason


def test_requests_that_fit_two_pools_but_no_single_one_are_refused(project: Project, refusal: Refusal) -> None:
    pools = project.settings["cluster"]["nodePools"]
    pools[0] |= {"cpu": 8, "memory": "4Gi"}
    pools.append({"name": "memory", "instanceType": "r7i.large", "nodes": 1, "cpu": 2, "memory": "32Gi"})
    size = {"requests": {"cpu": 6, "memory": "16Gi"}, "limits": {"cpu": 6, "memory": "16Gi"}}
    assert "no single one holds them together" in refusal(resources=size).reason


def test_a_team_over_its_quota_is_refused_with_the_sum_and_the_largest_agents(project: Project) -> None:
    project.write("shop/large", replicas=29)
    problem = project.problems()[0]
    assert problem.path == "teams.0.quota.pods"
    assert "32" in problem.reason
    assert "large 30" in problem.reason


def test_a_quota_counts_the_pod_that_a_release_adds(project: Project) -> None:
    project.settings["teams"][0]["quota"]["pods"] = 4
    project.write("shop/good", replicas=3)
    assert len(project.read().agents) == 1
    project.write("shop/good", replicas=4)
    assert "during a release" in project.problems()[0].reason


def test_a_quota_counts_cpu_limits_where_there_is_no_request(project: Project) -> None:
    project.settings["teams"][0]["quota"]["cpu"] = 1
    project.write("shop/good", resources={"requests": {"memory": "64Mi"}, "limits": {"cpu": 1, "memory": "64Mi"}})
    assert project.problems()[0].path == "teams.0.quota.cpu"


def test_a_limit_over_the_teams_ceiling_is_refused(project: Project, refusal: Refusal) -> None:
    project.settings["teams"][0]["ceiling"]["memory"] = "1Gi"
    size = {"requests": {"cpu": 1, "memory": "1Gi"}, "limits": {"cpu": 1, "memory": "2Gi"}}
    assert "ceiling of 1Gi" in refusal(resources=size).reason


def test_an_image_from_another_registry_is_refused(refusal: Refusal) -> None:
    assert "registry" in refusal(image=f"registry.example.com.evil.net/agents/x@{DIGEST}").reason


def test_a_folder_that_is_no_team_is_refused(project: Project) -> None:
    project.write("stranger/agent")
    assert "team stranger" in project.problems()[0].reason


@pytest.mark.parametrize("name", ["a" * 41, "Upper", "under_score", "1digit", "end-"])
def test_a_name_that_kubernetes_can_not_carry_is_refused(project: Project, name: str) -> None:
    project.write(f"shop/{name}")
    assert project.problems()[0].path == "the path"


def test_team_and_agent_that_no_label_could_carry_together_are_refused(project: Project) -> None:
    project.settings["teams"].append({**project.settings["teams"][0], "name": "a" * 30})
    project.write(f"{'a' * 30}/{'b' * 35}")
    assert "66 characters" in project.problems()[0].reason


def test_a_layer_named_twice_is_refused(project: Project) -> None:
    project.settings["layers"] = ["platform", "team", "team"]
    assert "2 times" in project.problems()[0].reason


def test_an_instance_type_that_no_label_could_carry_is_refused(project: Project) -> None:
    project.settings["cluster"]["nodePools"][0]["instanceType"] = "m7i 2xlarge"
    assert project.problems()[0].path == "cluster.nodePools.0.instanceType"


def test_the_longest_name_is_accepted(project: Project) -> None:
    project.write(f"shop/{'a' * 40}")
    assert len(project.read().agents) == 2


def test_one_agent_in_two_files_is_refused(project: Project) -> None:
    project.write("shop/good", suffix=".yml")
    assert "already" in project.problems()[0].reason


def test_a_team_declared_twice_is_refused(project: Project) -> None:
    project.settings["teams"] *= 2
    assert any(problem.path == "teams.1" for problem in project.problems())


@pytest.mark.parametrize("name", ["default", "kube-system"])
def test_a_team_in_a_namespace_of_kubernetes_is_refused(project: Project, name: str) -> None:
    project.settings["teams"].append({**project.settings["teams"][0], "name": name})
    assert "belongs to Kubernetes" in project.problems()[0].reason


def test_a_node_pool_declared_twice_is_refused(project: Project) -> None:
    project.settings["cluster"]["nodePools"].append(project.settings["cluster"]["nodePools"][0])
    assert project.problems()[0].path == "cluster.nodePools.2"


def test_a_setting_nobody_knows_is_refused(project: Project) -> None:
    project.settings["teem"] = []
    assert "did you mean `team`" in project.problems()[0].fix


def test_a_wrong_setting_deep_in_the_cluster_has_the_path_that_the_file_has(project: Project) -> None:
    project.settings["cluster"]["nodePools"][0]["cpu"] = "4x"
    problem = project.problems()[0]
    assert problem.path == "cluster.nodePools.0.cpu"
    assert problem.line > 1


def test_errors_of_settings_and_of_agents_come_in_one_report(project: Project) -> None:
    project.settings["environment"] = "moon"
    project.write("shop/bad", replica=1)
    assert {problem.file for problem in project.problems()} == {"Pulumi.local.yaml", "agents/shop/bad.yaml"}


def test_a_contract_whose_numbers_came_back_as_floats_is_read(project: Project) -> None:
    config = project.read()
    contract = config.contract(config.cluster.plain())
    told = json.loads(json.dumps(contract), parse_int=float)
    assert Contract.from_output(told).plain() == contract
