"""Our own stacks under the whole pack, each with its environment's configuration."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi_policy import EnforcementLevel

from components.config.environment import environments, read_environment
from components.config.load import ROOT
from components.config.platform import PlatformConfig
from components.layers import build
from policies.rules import RULES
from tests.components.aws_recording import Cloud, judged, recording, run_program


def configuration(environment: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / f"policies/config.{environment}.json").read_text())
    return read


STACKS = {config.stack: config for name in environments(ROOT) for config in read_environment(ROOT, name).stacks}


def own(config: PlatformConfig) -> Callable[[], None]:
    """The program of one of our own stacks."""

    def program() -> None:
        build(config, ROOT)

    return program


def recorded(program: Callable[[], None]) -> Cloud:
    """What a program registers."""
    with recording(preview=False) as cloud:
        run_program(program)
    return cloud


@pytest.mark.parametrize("environment", ["dev", "prod", "prod-west"])
def test_an_environment_in_aws_has_a_stack_for_each_layer_and_team(environment: str) -> None:
    stacks = read_environment(ROOT, environment).stacks
    assert {stack.stack: [layer.value for layer in stack.layers] for stack in stacks} == {
        environment: ["cloud"],
        f"{environment}-platform": ["platform"],
        f"{environment}-media": ["team"],
        f"{environment}-storefront": ["team"],
    }


@pytest.mark.parametrize("config", STACKS.values(), ids=STACKS)
def test_our_own_stacks_pass_every_mandatory_rule(config: PlatformConfig) -> None:
    said = judged(recorded(own(config)), config.environment)
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert [each.message for each in said if each.message.startswith("could not judge")] == []


def test_what_our_stacks_say_by_resource_options_is_judged() -> None:
    made = [each for each in recorded(own(STACKS["prod"])).registered if each.type != "pulumi:pulumi:Stack"]
    objects = [each for each in made if each.type.startswith(("kubernetes:", "aws:"))]
    assert len(objects) > 50
    assert all(each.provider for each in objects)
    assert all(each.parent for each in made)
    assert any(each.protect for each in objects)
    assert any(each.ignore_changes for each in objects)


@pytest.mark.parametrize(
    ("rule", "options", "said"),
    [
        ("stack-explicit-providers", {}, "is made by the default provider"),
        ("stack-protect-stateful", {}, "the resource option protect is not set"),
        ("stack-no-security-ignore", {"ignore_changes": ["spec.resources"]}, "ignoreChanges has"),
    ],
)
def test_an_option_that_a_rule_refuses_would_be_found(rule: str, options: dict[str, Any], said: str) -> None:
    def program(*, good: bool) -> None:
        cluster = kubernetes.Provider("cluster", kubeconfig="{}")
        chosen = pulumi.ResourceOptions(provider=cluster, protect=True) if good else pulumi.ResourceOptions(**options)
        kubernetes.core.v1.PersistentVolumeClaim("data", metadata={"namespace": "media"}, opts=chosen)

    def found(*, good: bool) -> list[str]:
        diagnostics = judged(recorded(lambda: program(good=good)))
        return [each.message for each in diagnostics if each.rule.name == rule]

    (message,) = found(good=False)
    assert said in message
    assert found(good=True) == []


def test_the_only_exemptions_are_those_listed_here() -> None:
    exempted = {
        (environment, rule, exemption["resource"])
        for environment in ("local", "dev", "prod")
        for rule, options in configuration(environment).items()
        for exemption in options.get("exemptions", [])
    }
    video_analyst = "kubernetes:apps/v1:Deployment::media-video-analyst-deployment"
    balancer = "aws:lb/loadBalancer:LoadBalancer::edge-entry-balancer"
    assert exempted == {("prod", "workload-ha", video_analyst), ("dev", "lb-tls-logged-protected", balancer)}


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
