"""Agents on plain virtual machines: what a fleet runs, how many machines it has, and who reaches it."""

import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from components.config.forms import (
    AmiId,
    CertificateArn,
    Certificates,
    Domain,
    FileName,
    HostedZone,
    Image,
    SecretArn,
    Text,
    UrlPath,
    Variable,
    too_many_clients,
)
from components.config.instances import instance_types, known_type
from components.config.model import Model, RefusedError
from components.config.names import Name
from components.config.network import AnyRange, network_of
from components.config.quantities import Count

MACHINE_METRICS_PORT = 9100
"""Where node exporter listens on every machine."""
LONGEST_FLEET_NAME = 20
"""A target group's name has at most 32 characters, eleven of them a hash; the bucket's 63, account and region in it."""
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
_NARROWEST_WORLD = 15
"""Public ranges with a prefix as short as this hold more addresses than any one company uses."""
MOST_OWN_BYTES = 8 * 1024
"""What people write into user data; AWS takes 16 KiB, and the rest is ours.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"""


def _fleet_name(name: str) -> str:
    if len(name) > LONGEST_FLEET_NAME:
        reason = f'"{name}" has {len(name)} characters; the names of its target group and bucket would be too long'
        raise RefusedError(reason, f"shorten it to {LONGEST_FLEET_NAME} characters or fewer")
    if name.startswith("internal-"):
        reason = f'"{name}" begins with internal-, which AWS keeps for itself in names of load balancers'
        raise RefusedError(reason, "leave internal- out")
    return name


def _machine(name: str) -> str:
    if instance_types()[known_type(name)].gpus:
        reason = f"{name} has GPUs, but a fleet's machines have no driver for them; they would be paid for in vain"
        raise RefusedError(reason, "run the agent on a GPU node group of a cluster, or choose a type without GPUs")
    return name


def _once(values: object) -> object:
    texts = isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)
    return tuple(sorted(set(values))) if texts else values  # type: ignore[call-overload]


class Machines(Model):
    """How many machines there may be."""

    least: Count = Field(ge=1, le=1000, description="Without load; two or more outlive the loss of a zone.")
    most: Count = Field(ge=1, le=1000, description="Under load, whatever it costs.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a ceiling below the floor."""
        least, most = data.get("least"), data.get("most")
        if isinstance(least, int) and isinstance(most, int) and most < least:
            yield RefusedError(f"most is {most}, less than least, {least}; AWS would refuse it", "raise most")


class Health(Model):
    """How it is told that a machine's agent works."""

    path: UrlPath = Field("/health", description="What the load balancer asks for; an agent that works answers 200.")
    grace_seconds: Count = Field(
        300, ge=30, le=3600, description="How long a new machine may take to start before it is replaced."
    )


class CpuLoad(Model):
    """As many machines as keep their processors at a share of what they can."""

    kind: Literal["cpu"]
    percent: Count = Field(ge=10, le=90, description="Mean use of all machines' processors.", examples=[60])


class RequestLoad(Model):
    """As many machines as keep the requests to each of them at a number."""

    kind: Literal["requests"]
    per_minute: Count = Field(ge=1, le=1_000_000, description="Requests a minute to one machine.", examples=[600])


class Refresh(Model):
    """How machines are replaced when what they start from changes."""

    min_healthy_percent: Count = Field(
        100,
        ge=0,
        le=100,
        description="Machines that serve on meanwhile; 100: a new one comes before an old one goes.",
    )
    warmup_seconds: Count = Field(
        300, ge=0, le=3600, description="How long a new machine serves until the next one is replaced."
    )
    rollback_above_percent: Count | None = Field(
        5,
        ge=1,
        le=100,
        description="Failed requests (5xx) above which the old machines come back. Null while a fix has to get through "
        "an outage: then they come back only if new ones fail their health checks.",
    )


class Prometheus(Model):
    """Who reads a fleet's metrics, and what shows those of the machines."""

    cidr: AnyRange | None = Field(
        None, description="The addresses that it asks from. None: the environment's network.", examples=["10.44.0.0/16"]
    )
    node_exporter_image: Image = Field(description="What measures the machines, pinned by digest.")


class Logstash(Model):
    """Who takes a fleet's logs, by the protocol of Beats and TLS, and what sends them."""

    host: Domain = Field(description="Its name.", examples=["logstash.example.com"])
    port: Count = Field(5044, ge=1, le=65535, description="Its port.")
    cidr: AnyRange | None = Field(
        None, description="The addresses behind that name. None: the environment's network.", examples=["10.44.0.0/16"]
    )
    authority: Certificates | None = Field(
        None, description="What signed its certificate, in PEM. None: an authority that everybody knows."
    )
    filebeat_image: Image = Field(description="What sends the logs, version 8 or later, pinned by digest.")


class VmFleetSettings(Model):
    """A fleet of equal virtual machines behind a load balancer, each of which runs one agent."""

    name: Annotated[Name, AfterValidator(_fleet_name)] = Field(
        description="Its name, unique in account and region.", examples=["recommender"]
    )
    team: Name = Field(description="The team that it belongs to.", examples=["storefront"])
    instance_type: Annotated[str, AfterValidator(_machine)] = Field(
        description="What the machines are.", examples=["t3.medium"]
    )
    machines: Machines = Field(description="How many there are.")
    ami: AmiId = Field(description="What they start from: Amazon Linux 2023, or an image of yours on top of it.")
    image: Image | None = Field(
        None,
        description="The agent's container, pinned by digest. None: the machine image itself starts the agent, as a "
        "service that writes its log to /var/log/agent/*.log.",
    )
    config: dict[Variable, Text] = Field(
        default_factory=dict, description="The container's environment; no secrets, since user data holds it."
    )
    secrets: dict[FileName, SecretArn] = Field(
        default_factory=dict,
        description="Entries of Secrets Manager that the machines may read. The container finds each as "
        "/run/secrets/<name>; without a container the agent reads them by the machine's role.",
    )
    port: Count = Field(8080, ge=1024, le=65535, description="The agent's HTTP port; its metrics are at /metrics.")
    health: Health = Field(default_factory=lambda: Health.model_validate({}), description="Its health.")
    longest_request_seconds: Count = Field(
        60, ge=1, le=3600, description="How long an answer may take; a machine that goes waits for that long."
    )
    load: Annotated[CpuLoad | RequestLoad, Field(discriminator="kind")] = Field(description="What its size follows.")
    refresh: Refresh = Field(default_factory=lambda: Refresh.model_validate({}), description="How it is updated.")
    disk_gi: Count = Field(30, ge=8, le=16384, description="Each machine's disk, in GiB.")
    domain: Domain = Field(description="Under what name it is reached.", examples=["recommender.example.com"])
    certificate_arn: CertificateArn = Field(description="The certificate for that name, in the fleet's own region.")
    hosted_zone: HostedZone | None = Field(
        None, description="Where the name is written. None: whoever keeps the domain points it to the load balancer."
    )
    clients: Annotated[tuple[AnyRange, ...], BeforeValidator(_once)] = Field(
        description="Who may call it, by ranges of addresses.", examples=[["10.0.0.0/8"]]
    )
    internal: bool = Field(True, description="Whether it is reached from joined networks only, not from the internet.")
    redirect_http: bool = Field(True, description="Whether plain HTTP is answered, by a redirect to HTTPS.")
    https_to: Annotated[tuple[AnyRange, ...], BeforeValidator(_once)] = Field(
        ("0.0.0.0/0",), description="Where the machines may call by HTTPS; AWS's services and registries among them."
    )
    access_log_days: Count = Field(365, ge=365, le=3653, description="How long the load balancer's log is kept.")
    prometheus: Prometheus | None = Field(
        None, description="Who reads its metrics. None: only what CloudWatch sees from outside is measured."
    )
    logstash: Logstash | None = Field(
        None, description="Who takes its logs. None: they stay on the machine, and go with it."
    )

    @property
    def images(self) -> tuple[str, ...]:
        """Return the images of all containers of a machine."""
        watchers = (
            self.prometheus.node_exporter_image if self.prometheus else None,
            self.logstash.filebeat_image if self.logstash else None,
        )
        return tuple(image for image in (self.image, *watchers) if image)

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield what can't stand together."""
        for key in ("clients", "httpsTo"):
            if data.get(key) in ([], ()):
                yield RefusedError(f"{key} is empty, so {_LACK[key]}", "name at least one range")
        clients = [network for text in _texts(data.get("clients")) if (network := _network(text))]
        yield from _misreached(clients, internal=data.get("internal", True) is not False)
        twice = data.get("redirectHttp", True) is not False
        instead = ", or set redirectHttp: false" if twice else ""
        yield from too_many_clients(data.get("clients"), rules_each=2 if twice else 1, instead=instead)
        world = [str(network) for network in clients if _is_world(network)]
        if world and twice:
            reason = f"clients names {', '.join(world)}, and redirectHttp would open port 80 to all of it"
            yield RefusedError(f"{reason}, which no policy of ours lets pass", "set redirectHttp: false; HTTPS stays")
        if data.get("port") == MACHINE_METRICS_PORT:
            reason = f"port is {MACHINE_METRICS_PORT}, where each machine already shows its own metrics"
            yield RefusedError(reason, "choose another, as 8080")
        config = data.get("config")
        for variable in sorted(_OWN_VARIABLES & set(config)) if isinstance(config, Mapping) else ():
            reason = f"config sets {variable}, which every agent is given; load balancer and agent would disagree"
            yield RefusedError(reason, "remove it")
        if config and data.get("image") is None:
            reason = "config is a container's environment, but there is no image; nobody would read it"
            yield RefusedError(reason, "add image, or have the machine image bring its own")
        yield from _too_long(data)


_OWN_VARIABLES = frozenset({"AGENT_NAME", "PORT"})
_LACK = {"clients": "nobody could call the agent", "httpsTo": "machines could not even fetch their image"}


def _too_long(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    logstash = data.get("logstash")
    authority = logstash.get("authority") if isinstance(logstash, Mapping) else None
    size = len(json.dumps([data.get("config"), data.get("secrets"), authority], default=str))
    if size > MOST_OWN_BYTES:
        reason = f"config, secrets and logstash.authority take {size} bytes of the machines' user data together"
        yield RefusedError(f"{reason}, where {MOST_OWN_BYTES} fit", "shorten or remove some")


def _misreached(clients: list[IPv4Network], *, internal: bool) -> Iterator[RefusedError]:
    """Yield clients that could never reach the load balancer from where they are."""
    wrong = [str(network) for network in clients if _is_private(network) is not internal]
    if wrong and internal:
        reason = f"clients names {', '.join(wrong)}, addresses of the internet, which never reach an internal balancer"
        yield RefusedError(reason, "set internal: false, or name private ranges")
    elif wrong:
        reason = f"clients names {', '.join(wrong)}, private addresses, which the internet never shows"
        yield RefusedError(reason, "set internal: true, or name the public addresses of your networks")


def _is_private(network: IPv4Network) -> bool:
    return any(network.subnet_of(private) for private in _PRIVATE)


def _is_world(network: IPv4Network) -> bool:
    return not _is_private(network) and network.prefixlen <= _NARROWEST_WORLD


def _network(text: str) -> IPv4Network | None:
    """Return a range, or None where it is wrong in itself, which is said elsewhere."""
    try:
        return network_of(text)
    except RefusedError:
        return None


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []
