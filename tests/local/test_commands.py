"""What commands refuse before anything is started."""

import shutil
from pathlib import Path

import pytest

from local import commands
from local.failures import LocalError
from local.paths import Checkout

ROOT = Checkout.here().root


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    shutil.copy(ROOT / "Pulumi.local.yaml", tmp_path)
    shutil.copytree(ROOT / "agents", tmp_path / "agents")
    return Checkout(tmp_path)


def test_the_examples_are_accepted(checkout: Checkout) -> None:
    assert len(commands.configuration(checkout).agents) == 5


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("kubeconfig: .local/kubeconfig", "kubeconfig: ~/.kube/config", "cluster.kubeconfig"),
        ("context: agent-platform-local", "context: production", "cluster.context is production"),
        ("environment: local", "environment: prod", "environment is prod"),
    ],
)
def test_a_stack_file_that_leads_to_another_cluster_is_refused(
    checkout: Checkout, right: str, wrong: str, says: str
) -> None:
    shutil.rmtree(checkout.root / "agents")  # what some of them use in AWS would be refused first
    text = checkout.stack_file.read_text()
    assert right in text
    checkout.stack_file.write_text(text.replace(right, wrong))
    with pytest.raises(LocalError, match="own cluster") as refused:
        commands.configuration(checkout)
    assert says in str(refused.value)


def test_a_wrong_agent_is_refused_with_the_whole_report(checkout: Checkout) -> None:
    agent = checkout.root / "agents/storefront/recommender.yaml"
    agent.write_text(agent.read_text() + "replica: 3\nreplicas: 2\n")
    with pytest.raises(LocalError) as refused:
        commands.configuration(checkout)
    assert "did you mean `replicas`" in refused.value.details
    assert "stands beside scaling" in refused.value.details
