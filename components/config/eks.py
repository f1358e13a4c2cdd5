"""A cluster that is made in AWS, and what the layers below are told of it."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from components.config.access import Access, Endpoint
from components.config.addons import AddOn, AddOnVersion, in_auto_mode, pinned
from components.config.backup import BackupSettings, check_backup
from components.config.budget import BudgetSettings, check_budget
from components.config.cluster import NodePool
from components.config.compute import AutoNodes, Compute, check_compute
from components.config.edge import EdgeSettings, check_edge
from components.config.forms import HostedZone
from components.config.model import Matching, Model, RefusedError
from components.config.names import Name
from components.config.network import (
    DEFAULT_ENDPOINTS,
    AccountId,
    ExistingNetwork,
    LogPeriod,
    MadeNetwork,
    NetworkSettings,
    PrivateRange,
    Zone,
    check_network,
)
from components.config.regions import Region
from components.config.registry import RegistrySettings, check_registry
from components.config.storage import StorageSettings, check_storage

SUPPORT_ENDS = {"1.34": date(2026, 12, 2), "1.35": date(2027, 3, 27), "1.36": date(2027, 8, 2)}
"""Versions of Kubernetes and the end of their standard support, as of 2026-11:
https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html#kubernetes-release-calendar"""
DEFAULT_VERSION = "1.35"
FEWEST_ZONES = 2
DEFAULT_SERVICES = "172.20.0.0/16"
_NETWORKS: TypeAdapter[MadeNetwork | ExistingNetwork] = TypeAdapter(NetworkSettings)


def _supported(version: str) -> str:
    if version not in SUPPORT_ENDS:
        known = ", ".join(f"{minor} (until {end})" for minor, end in SUPPORT_ENDS.items())
        reason = (
            f'"{version}" is no version of Kubernetes in standard support; extended support costs six times as much'
        )
        raise RefusedError(reason, f"take one of {known}")
    return version


def _service_range(text: str) -> str:
    prefix = IPv4Network(text).prefixlen
    if not 12 <= prefix <= 24:
        raise RefusedError(f"{text} is /{prefix}; EKS takes /12 to /24 for Services", "write it as 172.20.0.0/16")
    return text


PolicyArn = Annotated[
    str,
    Matching(
        r"arn:aws:iam::[0-9]{12}:policy/[\w+=,.@/-]+",
        "is not the ARN of a managed policy of an account",
        "copy it from `aws iam list-policies --scope Local`",
    ),
]


class Eks(Model):
    """A cluster that is made here, in Amazon EKS."""

    kind: Literal["eks"]
    name: Name = Field(description="Its name, unique in account and region.", examples=["agent-platform-prod"])
    account_id: AccountId = Field(description="The account; no other is ever changed.", examples=["123456789012"])
    region: Region = Field(description="The region.", examples=["eu-central-1"])
    zones: tuple[Zone, ...] = Field(
        description="Its availability zones: two, in production three.", examples=[["eu-central-1a", "eu-central-1b"]]
    )
    owner: str = Field(min_length=1, max_length=200, description="Whom to wake: a tag of everything in AWS.")
    cost_center: str = Field(min_length=1, max_length=200, description="Who pays: a tag of everything in AWS.")
    version: Annotated[str, AfterValidator(_supported)] = Field(
        DEFAULT_VERSION, description="The version of Kubernetes.", examples=['"1.35"']
    )
    network: NetworkSettings = Field(description="The network that it lives in.")
    service_cidr: Annotated[PrivateRange, AfterValidator(_service_range)] = Field(
        DEFAULT_SERVICES, description="The addresses of Services; fixed for its life."
    )
    endpoint: Endpoint = Field(
        default_factory=lambda: Endpoint.model_validate({}), description="How its API server is reached."
    )
    access: Access = Field(description="Who reaches it.")
    log_retention_days: LogPeriod = Field(365, description="How long the control plane's logs are kept.")
    deletion_protection: bool = Field(
        True,
        description="Refuse to delete it and its keys. The pack wants it in production, until it is to be deleted.",
    )
    add_ons: dict[AddOn, AddOnVersion] = Field(
        default_factory=dict, description="Versions of add-ons other than the pinned ones."
    )
    boundary_arn: PolicyArn | None = Field(
        None,
        description="The permissions boundary of every role that is made: the output `boundaryArn` of the bootstrap.",
        examples=["arn:aws:iam::123456789012:policy/agent-platform-boundary"],
    )
    dns_zones: tuple[HostedZone, ...] = Field(
        (),
        description="Hosted zones that external-dns may write to; none: it is not installed. Route 53 is reached by "
        "the internet, so its network policy needs an exemption from `netpol-no-open-egress`.",
    )
    make_autoscaling_role: bool = Field(
        True,
        description="Make the role AWSServiceRoleForAutoScaling; false where the account has it, as any autoscaling "
        "group ever made there left it.",
    )
    compute: Compute = Field(description="Its nodes.")
    packing: Literal["gpus", "all", "spread"] = Field(
        "gpus",
        description="How its scheduler fills nodes: pods with GPUs onto nodes that others use already and the rest by "
        "their spread constraints; `all`: every pod so; `spread`: every pod onto the emptiest node.",
    )
    registry: RegistrySettings | None = Field(
        None, description="The registry that is made for its images; none: they are kept elsewhere."
    )
    storage: StorageSettings | None = Field(
        None, description="Buckets for models, backups and logs, and files that pods share; none: there are none."
    )
    backup: BackupSettings | None = Field(
        None, description="Backups of the cluster and of what is tagged for it; none: nothing is backed up."
    )
    budget: BudgetSettings | None = Field(
        None, description="What it may cost a month, and who is told; none: nobody looks at what it costs."
    )
    edge: EdgeSettings | None = Field(
        None, description="The way in from outside; none: agents are reached from inside of the cluster only."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield zones and add-ons that do not go with the rest."""
        yield from _foreign(data)
        region, found = data.get("region"), data.get("zones")
        zones = [zone for zone in found if isinstance(zone, str)] if isinstance(found, list | tuple) else []
        if found is not None and len(zones) < FEWEST_ZONES:
            yield RefusedError(
                f"zones names {len(zones)}; EKS refuses fewer than two", "name another zone of the region"
            )
        for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
            yield RefusedError(f"zones names {zone} {zones.count(zone)} times", "name each zone once")
        if isinstance(region, str):
            strange = [zone for zone in zones if zone[:-1] != region]
            if strange:
                yield RefusedError(
                    f"{', '.join(strange)} is not in {region}", f"name zones as {region}a, or change region"
                )
        yield from _kube_proxy(data)
        registry = _registry(data.get("registry"))
        if registry:
            yield from check_registry(registry, str(data.get("accountId")), str(region))
        network = _network(data.get("network"))
        if network:
            yield from check_network(network, zones, str(data.get("serviceCidr", DEFAULT_SERVICES)))
        for check in (check_storage, check_backup, check_budget):
            yield from check(data)
        yield from check_edge(data.get("edge"), network, str(data.get("accountId")))
        yield from check_compute(data.get("compute"), region if isinstance(region, str) else "", zones)
        yield from _compute_and_the_rest(data)

    @property
    def arn(self) -> str:
        """Return the cluster's ARN, which follows from its name."""
        return f"arn:aws:eks:{self.region}:{self.account_id}:cluster/{self.name}"

    @property
    def versions(self) -> Mapping[AddOn, str]:
        """Return the version of each add-on that it has."""
        chosen = {**pinned(self.version), **self.add_ons}
        auto = isinstance(self.compute, AutoNodes)
        return {
            name: chosen[name]
            for name in AddOn
            if (name is not AddOn.EXTERNAL_DNS or self.dns_zones) and not (auto and in_auto_mode(name))
        }

    @property
    def node_pools(self) -> tuple[NodePool, ...]:
        """Return what agents find in it: nodes that agents may land on."""
        return self.compute.pools

    def told(self, endpoint: Any, certificate_authority: Any, ground: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the layers below are told of it, a `ReachedEks` as plain data.

        Args:
            endpoint: the URL of its API server; may be an output, as the next.
            certificate_authority: what signed the API server's certificate, in base64.
            ground: the ids and ARNs of a `ReachedGround`; values may be outputs.
        """
        return {
            "kind": self.kind,
            "name": self.name,
            "identifier": self.arn,
            "region": self.region,
            "endpoint": endpoint,
            "certificateAuthority": certificate_authority,
            "zones": list(self.zones),
            "nodePools": [pool.plain() for pool in self.node_pools],
            "ground": {
                "accountId": self.account_id,
                "cidr": self.network.cidr,
                "owner": self.owner,
                "costCenter": self.cost_center,
                "protect": self.deletion_protection,
                **({} if self.network.endpoints is None else {"endpoints": list(self.network.endpoints)}),
                **({"boundaryArn": self.boundary_arn} if self.boundary_arn else {}),
                **ground,
            },
        }


def _foreign(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    """Yield a boundary of another account, with which IAM refuses every role."""
    boundary, account = data.get("boundaryArn"), data.get("accountId")
    if isinstance(boundary, str) and isinstance(account, str) and boundary.split(":")[4:5] not in ([], [account]):
        reason = f"boundaryArn is of another account than {account}; IAM would refuse every role"
        yield RefusedError(reason, "copy the output `boundaryArn` of that account's bootstrap")


def _kube_proxy(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    version, add_ons = str(data.get("version", DEFAULT_VERSION)), data.get("addOns")
    chosen = add_ons.get(AddOn.KUBE_PROXY.value) if isinstance(add_ons, Mapping) else None
    if isinstance(chosen, str) and version in SUPPORT_ENDS and not chosen.startswith(f"v{version}."):
        reason = f"kube-proxy {chosen} is not of the cluster's version {version}; it may never be newer, nor far older"
        yield RefusedError(reason, f"write {pinned(version)[AddOn.KUBE_PROXY]}, or leave it out")


def _compute_and_the_rest(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    """Yield add-ons that Auto Mode has in itself, and a network in which Karpenter does not hear of interruptions."""
    compute, network, chosen = (data.get(key) for key in ("compute", "network", "addOns"))
    kind = compute.get("kind") if isinstance(compute, Mapping) else None
    if kind == "auto" and isinstance(chosen, Mapping):
        for name in sorted(str(name) for name in chosen if in_auto_mode(str(name))):
            reason = f"addOns has {name}, which is a part of Auto Mode; a second one would fight with it"
            yield RefusedError(reason, "remove it")
    if kind == "karpenter" and isinstance(network, Mapping) and network.get("kind") == "made":
        endpoints = network.get("interfaceEndpoints")
        if not isinstance(endpoints, list) or "sqs" not in endpoints:
            known = ", ".join(endpoints if isinstance(endpoints, list) else DEFAULT_ENDPOINTS)
            reason = "Karpenter reads of interruptions from SQS, and nothing in kube-system may reach the internet"
            yield RefusedError(reason, f"set network.interfaceEndpoints to [{known}, sqs]")


def _network(value: object) -> MadeNetwork | ExistingNetwork | None:
    """Return the network, or None where it is wrong in itself, which is said elsewhere."""
    with contextlib.suppress(ValidationError):
        return _NETWORKS.validate_python(value)
    return None


def _registry(value: object) -> RegistrySettings | None:
    """Return the registry, or None where there is none, or it is wrong in itself, which is said elsewhere."""
    with contextlib.suppress(ValidationError):
        return RegistrySettings.model_validate(value)
    return None
