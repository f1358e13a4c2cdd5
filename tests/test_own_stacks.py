"""Our own stacks under the whole pack, each with its environment's configuration."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi_policy import EnforcementLevel

from components.config.load import ROOT, read_stack_file
from components.layers import build
from policies.config import parse
from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import Provider, Resource, ResourceOptions, Stack
from policies.rules import RULES
from policies.unknowns import decode_struct
from tests.components.recording import Recorder, recording, run_program

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
PROVIDERS = "pulumi:providers:"
LEVELS = {level.value: level for level in EnforcementLevel}


def configuration(environment: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / f"policies/config.{environment}.json").read_text())
    return read


def resources(recorder: Recorder) -> list[Resource]:
    """What a program registered, as the engine would hand it over: with all options that it tells a pack."""
    return [
        Resource(
            request.type,
            urn,
            request.name,
            decode_struct(request.object),
            ResourceOptions(request.protect, tuple(request.ignoreChanges), request.parent),
            provider(recorder, request),
            tuple({*request.dependencies, *(at for each in request.propertyDependencies.values() for at in each.urns)}),
            secrecy=True,
        )
        for urn, request in recorder.registered.items()
        if request.type != "pulumi:pulumi:Stack"
    ]


def provider(recorder: Recorder, request: Any) -> Provider | None:
    """The provider of a resource; where none is named, the engine takes the default one of the package."""
    if not request.custom or request.type.startswith(PROVIDERS):
        return None
    if not request.provider:
        return Provider(PROVIDERS + request.type.partition(":")[0], "default", {}, explicit=False)
    chosen = recorder.registered[request.provider.rpartition("::")[0]]
    return Provider(chosen.type, chosen.name, decode_struct(chosen.object), explicit=True)


def own(environment: str) -> Callable[[], None]:
    """The program of our own stack of an environment."""
    config = read_stack_file(ROOT / f"Pulumi.{environment}.yaml", ROOT / "agents")

    def program() -> None:
        build(config, ROOT)

    return program


def judged(environment: str, program: Callable[[], None]) -> list[Diagnostic]:
    """What the whole pack says of a program, configured as for an environment."""
    config = configuration(environment)
    levels = {
        name: LEVELS[options.pop("enforcementLevel")]
        for name, options in config.items()
        if "enforcementLevel" in options
    }
    dispatcher = Dispatcher(RULES, parse(config, RULES, today=datetime.datetime.now(datetime.UTC).date()), levels)
    with recording(environment, preview=False) as recorder:
        run_program(program)
        found = resources(recorder)
    said = [each for resource in found for each in dispatcher.evaluate(resource)]
    return said + dispatcher.evaluate_stack(Stack(found, dispatcher.unjudged, preview=False))


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_our_own_stacks_pass_every_mandatory_rule(environment: str) -> None:
    said = judged(environment, own(environment))
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert [each.message for each in said if each.message.startswith("could not judge")] == []


def test_what_our_stacks_say_by_resource_options_is_judged() -> None:
    with recording("prod", preview=False) as recorder:
        run_program(own("prod"))
        found = resources(recorder)
    objects = [each for each in found if each.type.startswith("kubernetes:")]
    assert len(objects) > 50
    assert all(each.provider and each.provider.explicit for each in objects)
    assert all(each.options.parent for each in found)
    assert any(each.dependencies for each in objects)
    assert {each.type for each in found} >= {"pulumi:providers:kubernetes"}


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
        diagnostics = judged("prod", lambda: program(good=good))
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
