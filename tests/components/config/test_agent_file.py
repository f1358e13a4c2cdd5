"""What one agent's file may say, and what is refused."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.config.problems import ConfigurationError
from tests.components.config.conftest import DIGEST, Project, Refusal

GOOD_SIZE = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": 1, "memory": "128Mi"}}


def test_a_right_file_is_an_agent_named_by_its_path(project: Project) -> None:
    agent = project.read().agents[0]
    assert (agent.team, agent.name, agent.reference) == ("shop", "good", "shop/good")


def test_a_typo_is_refused_with_the_key_that_was_meant(refusal: Refusal) -> None:
    problem = refusal(replica=3)
    assert problem.path == "replica"
    assert "did you mean `replicas`?" in problem.fix


@pytest.mark.parametrize("quantity", ["250mm", "12 cores", "-1", "0", "0.0001", "NaN", "64Gi", "", "1e400"])
def test_a_wrong_cpu_quantity_is_refused(refusal: Refusal, quantity: str) -> None:
    problem = refusal(resources={**GOOD_SIZE, "requests": {"cpu": quantity, "memory": "64Mi"}})
    assert problem.path == "resources.requests.cpu"
    assert "millicores" in problem.fix


@pytest.mark.parametrize("quantity", ["512MB", "1 Gi", "-64Mi", "0", "100", "64mi"])
def test_a_wrong_memory_quantity_is_refused(refusal: Refusal, quantity: str) -> None:
    problem = refusal(resources={**GOOD_SIZE, "requests": {"cpu": "100m", "memory": quantity}})
    assert problem.path == "resources.requests.memory"
    assert "512Mi" in problem.fix


def test_a_request_over_its_limit_is_refused_with_both_values(refusal: Refusal) -> None:
    problem = refusal(resources={"requests": {"cpu": 2, "memory": "64Mi"}, "limits": {"cpu": 1, "memory": "128Mi"}})
    assert "requests.cpu 2" in problem.reason
    assert "limits.cpu 1" in problem.reason


def test_replicas_beside_scaling_are_refused(refusal: Refusal) -> None:
    assert "autoscaler" in refusal(replicas=2, scaling={"min": 1, "max": 2, "cpu": 70}).reason


def test_scaling_on_cpu_without_a_cpu_request_is_refused(refusal: Refusal) -> None:
    size = {"requests": {"memory": "64Mi"}, "limits": {"cpu": 1, "memory": "128Mi"}}
    problem = refusal(replicas=None, scaling={"min": 1, "max": 2, "cpu": 70}, resources=size)
    assert "never scale" in problem.reason
    assert "resources.requests.cpu" in problem.fix


def test_neither_replicas_nor_scaling_is_refused(refusal: Refusal) -> None:
    assert "how many pods" in refusal(replicas=None).reason


def test_scaling_without_a_target_is_refused(refusal: Refusal) -> None:
    assert "no target" in refusal(replicas=None, scaling={"min": 1, "max": 2}).reason


def test_scaling_whose_minimum_is_over_its_maximum_is_refused(refusal: Refusal) -> None:
    assert "min 3 is more than max 2" in refusal(replicas=None, scaling={"min": 3, "max": 2, "cpu": 70}).reason


@pytest.mark.parametrize(
    "image",
    [
        "agents/good:latest",
        "registry.example.com/agents/good:1.0",
        f"good@{DIGEST}",
        "registry.example.com/a@sha256:12",
    ],
)
def test_an_image_without_registry_or_digest_is_refused(refusal: Refusal, image: str) -> None:
    assert "digest" in refusal(image=image).reason


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "::/0", "169.254.169.254/32", "169.0.0.0/8", "10.0.0.1/8", "example.com"]
)
def test_egress_to_everywhere_to_metadata_or_to_no_network_is_refused(refusal: Refusal, cidr: str) -> None:
    assert refusal(egress=[{"cidr": cidr}]).path == "egress.0.cidr"


def test_equal_readiness_and_liveness_are_refused(refusal: Refusal) -> None:
    assert "busy agent" in refusal(health={"ready": "/health", "live": "/health"}).reason


def test_a_boolean_variable_is_refused_since_its_text_is_unclear(refusal: Refusal) -> None:
    assert 'quote it: "true"' in refusal(config={"FLAG": True}).fix


def test_numbers_in_config_become_text(project: Project) -> None:
    project.write("shop/good", config={"BATCH": 16, "RATE": 0.5})
    assert project.read().agents[0].spec.config == {"BATCH": "16", "RATE": "0.5"}


def test_a_value_of_config_never_appears_in_a_report(project: Project) -> None:
    project.write("shop/good", config={"API_KEY": "hunter2", "bad name": "hunter3"})
    assert not any("hunter" in str(problem) for problem in project.problems())


@pytest.mark.parametrize("count", [True, "1", 1.5])
def test_a_number_of_pods_that_is_no_whole_number_is_refused(refusal: Refusal, count: object) -> None:
    assert "whole number" in refusal(replicas=count).reason


def test_no_list_below_config_appears_in_a_report(project: Project) -> None:
    project.write("shop/good", config={"API_KEY": ["hunter2"]})
    assert not any("hunter" in str(problem) for problem in project.problems())


def test_a_version_that_no_label_could_carry_is_refused(refusal: Refusal) -> None:
    assert "label" in refusal(version=f"1.0.0-{'a' * 70}").reason


@pytest.mark.parametrize("version", ["1.0.0-a.", "1.0", "v1.0.0"])
def test_a_version_that_is_not_semantic_is_refused(refusal: Refusal, version: str) -> None:
    assert refusal(version=version).path == "version"


@pytest.mark.parametrize(
    ("options", "fix"), [({"dataClass": "health"}, "add retentionDays"), ({"retentionDays": 30}, "add `dataClass")]
)
def test_a_data_class_and_its_retention_come_together(refusal: Refusal, options: Any, fix: str) -> None:
    assert fix in refusal(**options).fix


def test_all_errors_of_a_file_come_at_once_wrong_fields_beside_conflicts(project: Project) -> None:
    size = {"requests": {"cpu": "1x", "memory": "512MB"}, "limits": {"cpu": 1, "memory": "1Gi"}}
    project.write("shop/bad", replica=1, resources=size, scaling={"min": 1, "max": 2, "cpu": 70}, calls=["nobody!"])
    paths = {problem.path for problem in project.problems()}
    assert paths == {"replica", "resources.requests.cpu", "resources.requests.memory", "calls.0", ""}


def test_a_problem_names_file_line_path_value_reason_and_fix(project: Project) -> None:
    path = project.write_text("shop/bad", Path(project.write("shop/good")).read_text() + "replica: 3\n")
    problem = project.problems()[0]
    assert problem.file == "agents/shop/bad.yaml"
    assert problem.line == len(path.read_text().splitlines())
    assert (problem.path, problem.value) == ("replica", "3")
    assert "line" in str(problem)
    assert "Fix: " in str(problem)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("description: [", "not valid YAML"),
        ("", "empty"),
        ("- a\n- b\n", "map of options"),
        ("just text", "map of options"),
        ("replicas: {{ n }}\n", "braces without quotes"),
        ("replicas: !!bool foo\n", "not valid YAML"),
        ("replicas: " + "[" * 20_000 + "]" * 20_000 + "\n", "deeper than a configuration"),
        ("config: {no: 1}\n", "the key"),
        ("version: 1.0.0\nversion: 2.0.0\n", "stands on line 1 already"),
        ("a: &a [*a]\n", "no option"),
        ("x: !!python/object:os.system {}\n", "not valid YAML"),
        ("description: \x00", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_mapping_of_options_is_refused_without_a_traceback(
    project: Project, text: str, says: str
) -> None:
    project.write_text("shop/bad", text)
    assert any(says in problem.reason for problem in project.problems())


def test_a_file_that_is_not_utf_8_is_refused(project: Project) -> None:
    project.write("shop/bad").write_bytes(b"description: \xff\xfe")
    assert "UTF-8" in project.problems()[0].reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "description",
    "version",
    "image",
    "port",
    "resources",
    "gpu",
    "replicas",
    "scaling",
    "health",
    "config",
    "calls",
]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
def test_no_shape_of_a_file_raises_anything_but_a_report(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any]
) -> None:
    project = Project(tmp_path_factory.mktemp("project"))
    project.write("shop/odd", **changes)
    with suppress(ConfigurationError):
        project.read()
