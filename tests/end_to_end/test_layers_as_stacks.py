"""An environment as stacks of its own per layer: `agentctl` takes them up and down in order, Pulumi one by one."""

from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import Checkout

pytestmark = [pytest.mark.cluster, pytest.mark.engine, pytest.mark.rehearsal]
STACKS = ("trial", "trial-media", "trial-storefront")


def split(checkout: Checkout) -> None:
    """Make the environment `trial` of the local one: a stack of the platform layer, and one for each team."""
    whole = yaml.safe_load((checkout.folder / "Pulumi.local.yaml").read_text())
    settings = {key.removeprefix("agent-platform:"): value for key, value in whole["config"].items()}
    stacks: dict[str, dict[str, Any]] = {"trial": {**settings, "layers": ["cloud", "platform"]}}
    for team in ("media", "storefront"):
        cluster = {"kind": "contract", "stack": "organization/agent-platform/trial"}
        stacks[f"trial-{team}"] = {"environment": "local", "layers": ["team"], "team": team, "cluster": cluster}
    for name, values in stacks.items():
        config = {f"agent-platform:{key}": value for key, value in values.items()}
        text = yaml.safe_dump({"encryptionsalt": whole["encryptionsalt"], "config": config})
        (checkout.folder / f"Pulumi.{name}.yaml").write_text(text)
        checkout.pulumi("stack", "init", name)


def test_an_environment_goes_up_and_down_layer_by_layer(started: Checkout) -> None:
    split(started)
    refused = started.pulumi("preview", "--stack", "trial-storefront", expect=255)
    assert "bring that layer up first: pulumi up -s trial" in refused
    assert "Traceback" not in refused
    seen = started.agentctl("preview", "trial")
    assert "✓ trial: preview" in seen
    assert "trial-media: it can't be previewed before trial" in seen

    said = started.pulumi("up", "--yes", "--skip-preview", "--stack", "trial")
    assert "pulumi up -s trial-media" in said
    assert {n["metadata"]["name"] for n in started.get("namespaces")} >= {"storefront", "media"}
    assert started.get("deployments", "-A") == []

    said = started.agentctl("up", "trial", "--from", "trial-media", "--yes")
    assert "http://recommender.storefront.svc" in said
    assert {d["metadata"]["namespace"] for d in started.get("deployments", "-A")} == {"storefront", "media"}
    for stack in STACKS:
        started.pulumi("preview", "--expect-no-changes", "--stack", stack)

    left = started.agentctl("destroy", "trial", "--stack", "trial", "--yes", expect=1)
    assert "trial-media, trial-storefront still stands on it" in left
    started.agentctl("destroy", "trial", "--yes")
    assert started.names() == set()
