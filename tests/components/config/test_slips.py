"""Slips that would leave a stack out or point it elsewhere, and words that are nearly right."""

from pathlib import Path
from typing import Any

import pytest

from tests.components.config.stacks import Folder
from tests.components.eks.making import written


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return a right environment."""
    return Folder(tmp_path)


def test_a_stack_whose_cluster_is_written_wrongly_is_told_of_and_never_left_out(folder: Folder) -> None:
    (folder.root / "agents/news/writer.yaml").unlink()
    folder.stacks["prod-news"]["cluster"]["parameter"]["accountId"] = 123456789012
    assert any(problem.file == "Pulumi.prod-news.yaml" and "accountId" in problem.path for problem in folder.problems())


@pytest.mark.parametrize(("option", "wrong"), [("accountId", "111111111111"), ("region", "eu-west-1")])
def test_a_parameter_in_another_account_or_region_than_the_clusters_is_refused(
    folder: Folder, option: str, wrong: str
) -> None:
    folder.stacks["prod-shop"]["cluster"]["parameter"][option] = wrong
    problem = folder.only()
    assert (problem.file, problem.path) == ("Pulumi.prod-shop.yaml", f"cluster.parameter.{option}")
    assert "prod-platform publishes its contract in" in problem.reason


@pytest.mark.parametrize(
    ("stack", "changes", "fix"),
    [
        ("prod", {"layers": ["clod"]}, "did you mean cloud?"),
        ("prod", {"environment": "prodd"}, "did you mean prod?"),
        ("prod", {"cluster": {"kind": "ekss"}}, "did you mean eks?"),
        ("prod", {"cluster": {**written(), "packing": "gpu"}}, "did you mean gpus?"),
    ],
)
def test_a_word_that_is_nearly_known_is_guessed(folder: Folder, stack: str, changes: dict[str, Any], fix: str) -> None:
    folder.stacks[stack].update(changes)
    problems = [problem for problem in folder.problems() if problem.file == f"Pulumi.{stack}.yaml"]
    assert [problem.fix.startswith(fix) for problem in problems] == [True]
