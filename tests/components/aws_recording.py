"""Programs on the SDK's mocks, AWS's above all: what they register, as the engine has it, and what the pack says of it.

`recording` gives a `Cloud`; `run` runs a program in it. In a preview ids and ARNs are unknown, as in AWS; in an up they
have the shape that AWS gives them and follow from type and name. `judged` asks every rule of the pack.
"""

import asyncio
import contextlib
import datetime
import gc
import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.stack import run_pulumi_func
from pulumi_policy import EnforcementLevel

from policies.config import parse
from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import Provider, Resource, ResourceOptions, Stack
from policies.rules import RULES
from policies.unknowns import decode_struct
from tests.components import aws_answers

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # classes of the SDK warn of themselves when they are loaded
    import pulumi_aws as aws

    _LOADED = (aws.ec2.Vpc, aws.s3.Bucket)

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, REGION = aws_answers.ACCOUNT, aws_answers.REGION
_LEVELS = {level.value: level for level in EnforcementLevel}
_IDENTITY = ("id", "arn", "name", "bucket", "keyId")
_COULD_NOT_JUDGE = "could not judge"


@dataclass(frozen=True)
class Registered:
    """One registered resource: its inputs and outputs as the engine has them, and the URNs that it depends on; of
    these, `only_after` are those that no input takes anything from: what `depends_on` adds.
    """

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    custom: bool
    protect: bool
    ignore_changes: tuple[str, ...]
    parent: str
    provider: str
    dependencies: frozenset[str]
    only_after: frozenset[str]


class Cloud(mocks.MockMonitor):
    """Stands in for engine and AWS."""

    def __init__(self, *, preview: bool) -> None:
        super().__init__(aws_answers.Answers(preview=preview))
        self.preview = preview
        self.registered: list[Registered] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - protocol's name
        """Note the request, then answer it."""
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type == "pulumi:pulumi:Stack":
            return response
        named = {urn for each in request.propertyDependencies.values() for urn in each.urns}
        identity = {"id": response.id} if response.id else {}
        self.registered.append(
            Registered(
                response.urn,
                request.type,
                request.name,
                _object(request.object),
                {**_object(response.object), **identity},
                request.custom,
                request.protect,
                tuple(request.ignoreChanges),
                request.parent,
                request.provider.rpartition("::")[0],
                frozenset({*request.dependencies, *named}),
                frozenset({*request.dependencies} - named),
            )
        )
        return response

    def of_type(self, token: str) -> list[Registered]:
        """Return the resources of a type (`aws:ec2/vpc:Vpc`, or its end) by name."""
        return sorted((r for r in self.registered if r.type.endswith(token)), key=lambda r: r.name)

    def one(self, token: str) -> Registered:
        """Return the only resource of a type."""
        (found,) = self.of_type(token)
        return found

    def named(self, name: str) -> Registered:
        """Return the only resource of a name."""
        (found,) = [r for r in self.registered if r.name == name]
        return found

    def referenced(self) -> set[str]:
        """Return the URNs of all that another resource depends on, its parent apart."""
        return {urn for r in self.registered for urn in r.dependencies}


@contextlib.contextmanager
def recording(stack: str = "prod", *, preview: bool) -> Iterator[Cloud]:
    """Give a cloud to a program that runs as a preview or as an up."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    cloud = Cloud(preview=preview)
    answers = aws_answers.Answers(preview=preview)
    mocks.set_mocks(answers, project="agent-platform", stack=stack, preview=preview, monitor=cloud)
    yield cloud
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    asyncio.set_event_loop(None)
    gc.collect()


def run(program: Callable[[pulumi.ResourceOptions], Any]) -> Any:
    """Run a program with the options that give its components an explicit provider; return what it returns."""
    result: list[Any] = []
    run_program(lambda: result.append(program(pulumi.ResourceOptions(provider=_provider()))))
    return result[0]


def run_program(program: Callable[[], None]) -> None:
    """Run any program to its end."""
    asyncio.get_event_loop().run_until_complete(run_pulumi_func(program))


def value(output: pulumi.Input[Any]) -> Any:
    """Return what an output holds after its program ran; None if only creation can tell."""
    return asyncio.get_event_loop().run_until_complete(pulumi.Output.from_input(output).future())


def judged(cloud: Cloud, environment: str = "prod") -> list[Diagnostic]:
    """Return what the whole pack says, configured as for an environment."""
    config: dict[str, Any] = json.loads((ROOT / f"policies/config.{environment}.json").read_text())
    levels = {
        name: _LEVELS[options.pop("enforcementLevel")]
        for name, options in config.items()
        if "enforcementLevel" in options
    }
    today = datetime.datetime.now(datetime.UTC).date()
    dispatcher = Dispatcher(RULES, parse(config, RULES, today=today), levels)
    by_urn = {r.urn: r for r in cloud.registered}
    made = [r for r in cloud.registered if r.custom]
    said = [each for r in made for each in dispatcher.evaluate(_as_resource(r, by_urn, r.inputs))]
    identified = [
        _as_resource(r, by_urn, {key: r.outputs[key] for key in _IDENTITY if key in r.outputs} | r.inputs) for r in made
    ]
    return said + dispatcher.evaluate_stack(Stack(identified, dispatcher.unjudged, preview=cloud.preview))


def violations(said: Iterable[Diagnostic]) -> list[str]:
    """Return what is refused or advised against, advice included."""
    return [each.message for each in said if not each.message.startswith(_COULD_NOT_JUDGE)]


def unjudged(said: Iterable[Diagnostic]) -> list[str]:
    """Return what nobody could judge of single resources; of the stack as a whole the pack says the same once more."""
    return [each.message for each in said if each.message.startswith(_COULD_NOT_JUDGE) and each.urn]


def _provider() -> aws.Provider:
    tags = {"owner": "platform", "environment": "prod", "team": "platform", "cost-center": "agents"}
    return aws.Provider(
        "aws",
        region=REGION,
        allowed_account_ids=[ACCOUNT],
        default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
    )


def _as_resource(registered: Registered, by_urn: dict[str, Registered], properties: dict[str, Any]) -> Resource:
    return Resource(
        registered.type,
        registered.urn,
        registered.name,
        properties,
        ResourceOptions(registered.protect, registered.ignore_changes, registered.parent),
        _made_by(registered, by_urn),
        tuple(sorted(registered.dependencies)),
        secrecy=True,
    )


def _made_by(registered: Registered, by_urn: dict[str, Registered]) -> Provider | None:
    """The provider of a resource; where none is named, the engine takes the default one of the package."""
    kind = "pulumi:providers:"
    if registered.type.startswith(kind):
        return None
    chosen = by_urn.get(registered.provider)
    if chosen is None:
        return Provider(kind + registered.type.partition(":")[0], "default", {}, explicit=False)
    return Provider(chosen.type, chosen.name, chosen.inputs, explicit=True)


def _object(struct: Any) -> dict[str, Any]:
    decoded = decode_struct(struct)
    assert isinstance(decoded, dict)
    return decoded
