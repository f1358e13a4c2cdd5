"""One AI agent, as its file `agents/<team>/<name>.yaml` says it. The file's path gives the team and the name."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from components.config.model import Matching, Model, RefusedError
from components.config.names import LONGEST_NAME, LabelValue, Name
from components.config.quantities import Count, Cpu, Memory, amount
from components.config.uses import Use

_IMAGE = re.compile(r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+(:[\w][\w.-]{0,127})?@sha256:[0-9a-f]{64}")
_SemanticVersion = Annotated[
    str,
    Matching(
        r"(?=.{5,63}$)\d+\.\d+\.\d+(-([0-9A-Za-z.-]*[0-9A-Za-z]))?",
        "is not a semantic version of at most 63 characters, which a label could carry",
        "write major.minor.patch, as 1.4.2 or 2.0.0-rc.1",
    ),
]
_Variable = Annotated[
    str,
    Matching(
        r"[A-Z][A-Z0-9_]*",
        "is not the name of an environment variable, as shells and people know it",
        "use upper-case letters, digits and underscores, as LOG_LEVEL",
    ),
]
_UrlPath = Annotated[str, Matching(r"/[A-Za-z0-9/._-]*", "is not a URL's path", "write it as /health/ready")]
_AgentReference = Annotated[
    str,
    Matching(
        rf"([a-z][a-z0-9-]{{0,{LONGEST_NAME - 1}}}/)?[a-z][a-z0-9-]{{0,{LONGEST_NAME - 1}}}",
        "can't be the name of an agent",
        "write `name` for an agent of this team, `team/name` for another's",
    ),
]


def _pinned_image(image: str) -> str:
    if not _IMAGE.fullmatch(image):
        raise RefusedError(
            f'"{image}" is not an image with a registry and a digest; a tag can point to other code tomorrow',
            "write registry/repository@sha256:<64 hex digits>, as `docker buildx imagetools inspect` prints it",
        )
    return image


def _network(cidr: str) -> str:
    fix = "write a network, as 203.0.113.0/24 (the address of its first host bits zero)"
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError as error:
        raise RefusedError(f'"{cidr}" is not a network: {error}', fix) from None
    if network.prefixlen == 0:
        raise RefusedError(
            f'"{cidr}" is the whole internet; a prompt-injected agent could send data anywhere',
            "name the networks that the agent really needs",
        )
    if network.overlaps(ipaddress.ip_network("169.254.0.0/16" if network.version == 4 else "fd00:ec2::/32")):
        raise RefusedError(
            f"\"{cidr}\" holds the cloud's metadata address, which hands out the node's credentials",
            "leave link-local addresses out",
        )
    return cidr


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        raise RefusedError(
            f"{str(value).lower()} is a YAML boolean; the variable's text would be unclear", 'quote it: "true"'
        )
    return str(value) if isinstance(value, int | float) else value


def _at(data: Any, *path: str) -> Any:
    """Return what stands at a path of mappings, or None."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


class Requests(Model):
    """What the scheduler reserves for one pod."""

    cpu: Cpu | None = Field(None, description="CPU that is reserved; autoscaling on CPU is relative to it.")
    memory: Memory = Field(description="Memory that is reserved.")


class Limits(Model):
    """What one pod may use at most."""

    cpu: Cpu = Field(description="CPU above which the container is throttled.")
    memory: Memory = Field(description="Memory above which the container is killed.")


class Resources(Model):
    """CPU and memory of one pod."""

    requests: Requests
    limits: Limits

    @model_validator(mode="after")
    def _requests_fit_limits(self) -> Self:
        for what, request, limit in (
            ("cpu", self.requests.cpu, self.limits.cpu),
            ("memory", self.requests.memory, self.limits.memory),
        ):
            if request is not None and amount(request) > amount(limit):
                raise RefusedError(
                    f"requests.{what} {request} is more than limits.{what} {limit}; no pod could start",
                    f"raise limits.{what} to at least {request}, or lower the request",
                )
        return self


class Gpu(Model):
    """Whole GPUs for one pod."""

    count: Count = Field(1, ge=1, le=16, description="GPUs of one pod; all on one node.")
    product: LabelValue | None = Field(
        None, description="The GPU's product label, if only one will do.", examples=["NVIDIA-L4"]
    )


class Scaling(Model):
    """How the number of pods follows the load (a HorizontalPodAutoscaler)."""

    min: Count = Field(ge=1, le=1000, description="Fewest pods; 2 or more survive the loss of a zone.")
    max: Count = Field(ge=1, le=1000, description="Most pods.")
    cpu: Count | None = Field(None, ge=10, le=95, description="Mean CPU use aimed at, in percent of the request.")
    memory: Count | None = Field(None, ge=10, le=95, description="Mean memory use aimed at, in percent of the request.")

    @model_validator(mode="after")
    def _has_room_and_a_target(self) -> Self:
        if self.min > self.max:
            raise RefusedError(f"min {self.min} is more than max {self.max}", "set max to at least min")
        if self.cpu is None and self.memory is None:
            raise RefusedError(
                "there is no target, so the number of pods would never change", "add `cpu: 70` or `memory: 80`"
            )
        return self


class Health(Model):
    """The paths that the kubelet asks. Readiness takes a busy pod out of traffic; only a dead one is restarted."""

    startup: _UrlPath = Field("/health/startup", description="Answers 200 once the model is loaded.")
    ready: _UrlPath = Field("/health/ready", description="Answers 200 when a test inference passes.")
    live: _UrlPath = Field("/health/live", description="Answers 200 while the process can go on at all.")
    startup_seconds: Count = Field(120, ge=10, le=3600, description="Seconds that loading may take.")

    @model_validator(mode="after")
    def _ready_and_live_differ(self) -> Self:
        if self.ready == self.live:
            raise RefusedError(
                f"ready and live are both {self.ready}; a busy agent would be killed instead of spared",
                "give them different paths",
            )
        return self


class Egress(Model):
    """A network outside the cluster that the agent may reach."""

    cidr: Annotated[str, AfterValidator(_network)] = Field(description="The network.", examples=["203.0.113.0/24"])
    port: Count = Field(443, ge=1, le=65535, description="The port.")
    protocol: Literal["TCP", "UDP"] = Field("TCP", description="The protocol.")


ConfigValue = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(max_length=4096, json_schema_extra={"type": ["string", "number"]}),
]


class AgentFile(Model):
    """An AI agent: its image, its size, how it scales, whom it calls."""

    description: str = Field(min_length=1, max_length=200, description="What the agent does, for people.")
    version: _SemanticVersion = Field(description="The agent's semantic version.", examples=["1.4.2"])
    image: Annotated[str, AfterValidator(_pinned_image)] = Field(
        description="The container image, pinned by digest.",
        examples=["registry.example.com/agents/recommender@sha256:" + "0" * 64],
    )
    port: Count = Field(8080, ge=1024, le=65535, description="The HTTP port; above 1023, since the agent is not root.")
    resources: Resources = Field(description="CPU and memory of one pod.")
    gpu: Gpu | None = Field(None, description="GPUs of one pod; leave out for none.")
    replicas: Count | None = Field(None, ge=0, le=1000, description="A fixed number of pods; not beside `scaling`.")
    scaling: Scaling | None = Field(None, description="A number of pods that follows the load; not beside `replicas`.")
    health: Health = Field(default_factory=lambda: Health.model_validate({}), description="The probes' paths.")
    config: dict[_Variable, ConfigValue] = Field(
        default_factory=dict,
        description="Environment variables that are no secrets. A change rolls the pods.",
    )
    calls: tuple[_AgentReference, ...] = Field(
        (), description="Agents that this one calls: `name` in its own team, `team/name` elsewhere."
    )
    uses: tuple[Use, ...] = Field(
        (), description="What it uses in AWS: services and secrets of its team, models, buckets (docs/uses.md)."
    )
    egress: tuple[Egress, ...] = Field((), description="Networks outside the cluster that it may reach; default none.")
    data_class: Literal["personal", "health", "financial"] | None = Field(
        None, description="The class of protected data that it handles; residency, retention and audit follow."
    )
    retention_days: Count | None = Field(
        None, ge=1, le=3650, description="Days for which it may keep data of that class; needed beside `dataClass`."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield what can't stand together in one file."""
        scaling = data.get("scaling")
        if scaling is not None and data.get("replicas") is not None:
            yield RefusedError(
                f"replicas: {data['replicas']} stands beside scaling; every `up` would undo what the autoscaler did",
                "remove one of the two",
            )
        if scaling is None and data.get("replicas") is None:
            yield RefusedError("nothing says how many pods to run", "add `scaling:` (min, max, cpu) or `replicas:`")
        if _at(data, "scaling", "cpu") is not None and _at(data, "resources", "requests", "cpu") is None:
            yield RefusedError(
                "scaling.cpu is a percentage of the CPU request, but resources.requests.cpu is not set; "
                "the autoscaler would have nothing to measure against and never scale",
                "add resources.requests.cpu, or scale on memory",
            )
        if data.get("dataClass") is not None and data.get("retentionDays") is None:
            yield RefusedError(
                f"dataClass is {data['dataClass']} but nothing says how long such data are kept; "
                "the law asks for an end (GDPR, article 5)",
                "add retentionDays",
            )
        if data.get("retentionDays") is not None and data.get("dataClass") is None:
            yield RefusedError(
                "retentionDays stands without dataClass; nobody would know which data it is about",
                "add `dataClass: personal`, `health` or `financial`, or remove retentionDays",
            )
        for field in ("calls", "uses", "egress"):
            found = data.get(field)
            entries = found if isinstance(found, list) else []
            for entry in (entry for index, entry in enumerate(entries) if entry in entries[:index]):
                yield RefusedError(f"{field} has {entry} twice", "remove one of them")


class Agent(Model):
    """An agent with its place: the team's folder and the file's name."""

    team: Name
    name: Name
    spec: AgentFile

    @property
    def reference(self) -> str:
        """Return `team/name`, unique in an environment."""
        return f"{self.team}/{self.name}"

    @property
    def callees(self) -> tuple[str, ...]:
        """Return the references of the agents that it calls."""
        return tuple(call if "/" in call else f"{self.team}/{call}" for call in self.spec.calls)

    def uses(self, environment: str) -> tuple[Use, ...]:
        """Return what it uses in AWS in an environment."""
        return tuple(use for use in self.spec.uses if use.is_used_in(environment))

    @property
    def fewest_pods(self) -> int:
        """Return how many pods run when there is no load."""
        return self.spec.scaling.min if self.spec.scaling else self.spec.replicas or 0

    @property
    def surge(self) -> int:
        """Return how many pods a release adds for a while; GPU agents add none, since a spare GPU is rare."""
        return 0 if self.spec.gpu else 1

    @property
    def most_pods(self) -> int:
        """Return how many pods there can be at once, a release included."""
        most = self.spec.scaling.max if self.spec.scaling else self.spec.replicas or 0
        return most + self.surge if most else 0
