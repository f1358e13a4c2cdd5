"""Components of AWS on the SDK's mocks: what they register, in the engine's own form, and what the pack says of it.

`recording` gives a `Cloud`; `run` runs a program in it. In a preview ids and ARNs are unknown, as in AWS; in an up they
have the shape that AWS gives them and follow from type and name. `judged` asks every rule of the pack.
"""

import asyncio
import contextlib
import datetime
import gc
import hashlib
import json
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.stack import run_pulumi_func
from pulumi_policy import EnforcementLevel

from policies.config import parse
from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import Provider, Resource, ResourceOptions, Stack
from policies.rules import RULES
from policies.unknowns import decode_struct

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # classes of the SDK warn of themselves when they are loaded
    import pulumi_aws as aws

    _LOADED = (aws.ec2.Vpc, aws.s3.Bucket)

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
REGION = "eu-central-1"
_LEVELS = {level.value: level for level in EnforcementLevel}
_IDENTITY = ("id", "arn", "name", "bucket", "keyId")
_COULD_NOT_JUDGE = "could not judge"
_PREFIXES = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt",
    "aws:ec2/natGateway:NatGateway": "nat",
    "aws:ec2/route:Route": "r-rtb",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
}
_ARNS = {
    "aws:cloudwatch/logGroup:LogGroup": "logs:{place}:log-group:{id}",
    "aws:iam/instanceProfile:InstanceProfile": "iam::{account}:instance-profile/{id}",
    "aws:iam/policy:Policy": "iam::{account}:policy/{id}",
    "aws:iam/role:Role": "iam::{account}:role/{id}",
}
"""ARNs that are not `arn:aws:<service>:<region>:<account>:<kind>/<id>`."""

_OF_TYPE: dict[str, dict[str, Any]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:eks/cluster:Cluster": {
        "endpoint": f"https://0123456789ABCDEF.gr7.{REGION}.eks.amazonaws.com",
        "certificateAuthority": {"data": "Y2VydGlmaWNhdGU="},
        "vpcConfig": {"clusterSecurityGroupId": "sg-0123456789abcdef0"},
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "arnSuffix": "app/recommender/50dc6c495c0c9188",
        "dnsName": f"recommender-1.{REGION}.elb.amazonaws.com",
        "zoneId": "Z215JYRZR1TBD5",
    },
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/recommender-0123456789/73e2d6bc24d8a067"},
}
"""What only some types have."""


@dataclass(frozen=True)
class Registered:
    """One registered resource: its inputs and outputs as the engine has them, and the URNs that it depends on."""

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


class Cloud(mocks.MockMonitor):
    """Stands in for engine and AWS."""

    def __init__(self, *, preview: bool) -> None:
        super().__init__(_Answers(preview=preview))
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


class _Answers(mocks.Mocks):
    def __init__(self, *, preview: bool) -> None:
        self._preview = preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if not args.custom:
            return None, args.inputs
        identifier = _identifier(args.typ, args.name, args.inputs)
        computed = _computed(args.typ, identifier)
        if self._preview:
            return None, _merged(args.inputs, _unknown(computed))
        return identifier, _merged(args.inputs, computed)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        raise AssertionError(f"the program asks {args.token}, but components never read anything")


@contextlib.contextmanager
def recording(*, preview: bool) -> Iterator[Cloud]:
    """Give a cloud to a program that runs as a preview or as an up."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    cloud = Cloud(preview=preview)
    mocks.set_mocks(_Answers(preview=preview), project="agent-platform", stack="prod", preview=preview, monitor=cloud)
    yield cloud
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    asyncio.set_event_loop(None)
    gc.collect()


def run(program: Callable[[pulumi.ResourceOptions], Any]) -> Any:
    """Run a program with the options that give its components an explicit provider; return what it returns."""
    result: list[Any] = []
    work = run_pulumi_func(lambda: result.append(program(pulumi.ResourceOptions(provider=_provider()))))
    asyncio.get_event_loop().run_until_complete(work)
    return result[0]


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


def _identifier(token: str, name: str, inputs: dict[str, Any]) -> str:
    digits = hashlib.sha256(f"{token}/{name}".encode()).hexdigest()[:17]
    if token in _PREFIXES:
        return f"{_PREFIXES[token]}-{digits}"
    if token == "aws:kms/key:Key":  # noqa: S105 - a type, not a secret
        return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
    return str(inputs.get("name") or inputs.get("nodeGroupName") or f"{name}-{digits}")


def _computed(token: str, identifier: str) -> dict[str, Any]:
    """What AWS adds to a resource of any type, and what other resources take from the types in use."""
    if not token.startswith("aws:"):
        return {}
    service, _, kind = token.removeprefix("aws:").partition("/")
    form = _ARNS.get(token, "{service}:{place}:{kind}/{id}")
    place, kind = f"{REGION}:{ACCOUNT}", kind.partition(":")[0].lower()
    arn = "arn:aws:" + form.format(service=service, place=place, account=ACCOUNT, kind=kind, id=identifier)
    return {"arn": arn, "allocationId": identifier, "keyId": identifier, **_OF_TYPE.get(token, {})}


def _merged(inputs: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """What a program asked for, with what AWS adds, objects in objects included."""
    nested = {
        key: _merged(inputs[key], value_)
        for key, value_ in added.items()
        if isinstance(value_, dict) and isinstance(inputs.get(key), dict)
    }
    return {**inputs, **added, **nested}


def _unknown(computed: Any) -> Any:
    """The same shape before AWS made anything."""
    if isinstance(computed, dict):
        return {key: _unknown(value_) for key, value_ in computed.items()}
    return rpc.UNKNOWN
