"""An environment as stacks of its own per layer: the platform's tells its contract, a team's builds on it."""

from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import Checkout

pytestmark = [pytest.mark.cluster, pytest.mark.engine]


def split(checkout: Checkout) -> None:
    """Write the stack files of a platform layer and of one team."""
    whole = yaml.safe_load((checkout.folder / "Pulumi.local.yaml").read_text())
    settings = {key.removeprefix("agent-platform:"): value for key, value in whole["config"].items()}
    team = {
        "environment": "local",
        "layers": ["team"],
        "team": "storefront",
        "cluster": {"kind": "contract", "stack": "organization/agent-platform/local-platform"},
    }
    stacks: dict[str, dict[str, Any]] = {
        "local-platform": {**settings, "layers": ["cloud", "platform"]},
        "local-storefront": team,
    }
    for name, values in stacks.items():
        config = {f"agent-platform:{key}": value for key, value in values.items()}
        text = yaml.safe_dump({"encryptionsalt": whole["encryptionsalt"], "config": config})
        (checkout.folder / f"Pulumi.{name}.yaml").write_text(text)


def test_a_teams_stack_builds_on_the_contract_of_the_platforms_stack(started: Checkout) -> None:
    split(started)
    started.pulumi("stack", "init", "local-storefront")
    refused = started.pulumi("preview", "--stack", "local-storefront", expect=255)
    assert "local-platform" in refused
    assert "Traceback" not in refused
    started.pulumi("stack", "init", "local-platform")
    started.pulumi("up", "--yes", "--skip-preview", "--stack", "local-platform")
    assert {n["metadata"]["name"] for n in started.get("namespaces")} >= {"storefront", "media"}
    assert started.get("deployments", "-A") == []
    started.pulumi("up", "--yes", "--skip-preview", "--stack", "local-storefront")
    found = {d["metadata"]["namespace"] for d in started.get("deployments", "-A")}
    assert found == {"storefront"}
    started.pulumi("preview", "--expect-no-changes", "--stack", "local-storefront")
