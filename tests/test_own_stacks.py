"""Our own stacks under the whole pack, each with its environment's configuration."""

import datetime
import json
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from components.config.load import ROOT, read_stack_file
from policies.config import parse
from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import Provider, Resource, Stack
from policies.rules import RULES
from policies.unknowns import decode_struct
from tests.components.recording import Recorder, recording, run
from tests.policies.wire import struct_of

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
LEVELS = {level.value: level for level in EnforcementLevel}


def configuration(environment: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / f"policies/config.{environment}.json").read_text())
    return read


def resources(recorder: Recorder) -> list[Resource]:
    """What the program registered, as the engine would hand it over; providers themselves left out."""
    return [
        Resource(
            made.typ,
            f"urn:pulumi:stack::agent-platform::{made.typ}::{made.name}",
            made.name,
            decode_struct(struct_of(made.inputs)),
            provider=Provider("pulumi:providers:kubernetes", "cluster", {}, explicit=True) if made.provider else None,
            secrecy=True,
        )
        for made in recorder.made
        if made.typ.startswith("kubernetes:")
    ]


def judged(environment: str) -> list[Diagnostic]:
    config = configuration(environment)
    levels = {
        name: LEVELS[options.pop("enforcementLevel")]
        for name, options in config.items()
        if "enforcementLevel" in options
    }
    dispatcher = Dispatcher(RULES, parse(config, RULES, today=datetime.datetime.now(datetime.UTC).date()), levels)
    with recording(environment, preview=False) as recorder:
        run(read_stack_file(ROOT / f"Pulumi.{environment}.yaml", ROOT / "agents"))
        found = resources(recorder)
    said = [each for resource in found for each in dispatcher.evaluate(resource)]
    return said + dispatcher.evaluate_stack(Stack(found, dispatcher.unjudged, preview=False))


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_our_own_stacks_pass_every_mandatory_rule(environment: str) -> None:
    said = judged(environment)
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert [each.message for each in said if each.message.startswith("could not judge")] == []


def test_the_only_exemptions_are_those_listed_here() -> None:
    exempted = {
        (environment, rule, exemption["resource"])
        for environment in ("local", "dev", "prod")
        for rule, options in configuration(environment).items()
        for exemption in options.get("exemptions", [])
    }
    video_analyst = "kubernetes:apps/v1:Deployment::media-video-analyst-deployment"
    assert exempted == {("prod", "workload-ha", video_analyst)}


def test_no_mandatory_rule_is_lowered_in_prod() -> None:
    mandatory = {rule.name for rule in RULES if rule.level is EnforcementLevel.MANDATORY}
    config = configuration("prod")
    assert [
        name for name in mandatory if config.get(name, {}).get("enforcementLevel", "mandatory") != "mandatory"
    ] == []


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_all_rules_of_an_environment_are_pinned_to_one_version_of_kubernetes(environment: str) -> None:
    config = configuration(environment)
    asking = {rule.name for rule in RULES if "kubernetesVersion" in rule.options}
    assert asking
    assert len({config[name]["kubernetesVersion"] for name in asking}) == 1
