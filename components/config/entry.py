"""Who reaches an environment from outside, and how: joined networks, the internet, or CloudFront."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from components.config.forms import UrlPath, too_many_clients
from components.config.model import Matching, Model, RefusedError
from components.config.network import AnyRange, network_of
from components.config.quantities import Count

EVERYBODY = "0.0.0.0/0"
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))


def _once(values: object) -> object:
    """Return what people listed in one order, so that another order or a twin is no change."""
    texts = isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)
    return tuple(sorted(set(values))) if texts else values  # type: ignore[call-overload]


PrefixList = Annotated[
    str,
    Matching(
        "pl-[0-9a-f]{8,17}",
        "is not the id of a prefix list",
        "copy it from `aws ec2 describe-managed-prefix-lists --filters "
        "Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing`, asked in the cluster's region",
    ),
]
Country = Annotated[
    str,
    Matching("[A-Z]{2}", "is not the code of a country", "write the two capitals of ISO 3166-1, as DE"),
]
WebAclArn = Annotated[
    str,
    Matching(
        r"arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/[\w-]+/[0-9a-f-]{36}",
        "is not the ARN of a web ACL that CloudFront could use",
        "copy it from `aws wafv2 list-web-acls --scope CLOUDFRONT --region us-east-1`",
    ),
]


class Internal(Model):
    """Only networks that are joined to the cluster's reach it."""

    kind: Literal["internal"]
    clients: Annotated[tuple[AnyRange, ...], BeforeValidator(_once)] = Field(
        (), description="Who may call, by private ranges; none: the cluster's own network."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield clients who could never arrive, and more than can be let in."""
        yield from too_many_clients(data.get("clients"))
        wrong = [str(network) for network in _networks(data.get("clients")) if not _is_private(network)]
        if wrong:
            reason = f"clients names {', '.join(wrong)}, addresses of the internet, which never reach an internal entry"
            yield RefusedError(reason, "write kind: public, or name private ranges")


class Failover(Model):
    """How a domain is shared with other regions; all of them say it in the same way."""

    health_path: UrlPath = Field(
        "/health", description="What Route 53 asks for at `<region>.<domain>`; 2xx and 3xx are well."
    )


class Latency(Failover):
    """Each client gets the region that answers it fastest, of those that are healthy."""

    kind: Literal["latency"]


class Standby(Failover):
    """All clients get the primary region while it is healthy, and the secondary one else."""

    kind: Literal["standby"]
    role: Literal["primary", "secondary"] = Field(description="What this region is.", examples=["primary"])


class Public(Model):
    """The internet reaches it."""

    kind: Literal["public"]
    clients: Annotated[tuple[AnyRange, ...], BeforeValidator(_once)] = Field(
        description="Who may call, by public ranges.", examples=[["203.0.113.0/24"]]
    )
    failover: Annotated[Latency | Standby, Field(discriminator="kind")] | None = Field(
        None, description="How clients are shared with other regions that have the same domain; none: there are none."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield clients who could never arrive, more than can be let in, and health checks that could not."""
        yield from too_many_clients(data.get("clients"))
        if data.get("clients") in ([], ()):
            yield RefusedError("clients is empty, so nobody could call an agent", "name at least one range")
        wrong = [str(network) for network in _networks(data.get("clients")) if _is_private(network)]
        if wrong:
            reason = f"clients names {', '.join(wrong)}, private addresses, which the internet never shows"
            yield RefusedError(reason, "write kind: internal, or name the public addresses of your networks")
        if data.get("failover") and EVERYBODY not in (data.get("clients") or ()):
            reason = "failover has Route 53 ask for health, from addresses all over the world that clients leaves out"
            yield RefusedError(f"{reason}; the region would never be healthy", f"name {EVERYBODY}, or remove failover")


class MadeWebAcl(Model):
    """A web ACL that is made: AWS's managed rules, and a limit for each address."""

    kind: Literal["made"]
    requests_per_five_minutes: Count = Field(
        2000, ge=10, le=2_000_000_000, description="How much one address may ask for before it is blocked for a while."
    )


class ExistingWebAcl(Model):
    """A web ACL that somebody else keeps, in this account."""

    kind: Literal["existing"]
    arn: WebAclArn = Field(description="Its ARN.")


class Countries(Model):
    """Where clients may be, by what CloudFront takes an address to be."""

    kind: Literal["only", "never"] = Field(description="Whether these are let in or kept out.", examples=["only"])
    codes: Annotated[tuple[Country, ...], BeforeValidator(_once)] = Field(description="Which.", examples=[["DE", "FR"]])

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a list that says nothing."""
        if data.get("codes") in ([], ()):
            reason = "codes is empty: with only, nobody could call, and with never it means nothing"
            yield RefusedError(reason, "name a country, or remove countries")


class Cdn(Model):
    """The internet reaches CloudFront, and CloudFront alone reaches the load balancer, which stays private.

    CloudFront's way into a VPC takes no network load balancer that ends TLS, and no gRPC: behind it is an application
    load balancer.
    """

    kind: Literal["cdn"]
    prefix_list_id: PrefixList = Field(
        description="AWS's list of CloudFront's addresses in the cluster's region.", examples=["pl-0123abcd"]
    )
    web_acl: Annotated[MadeWebAcl | ExistingWebAcl, Field(discriminator="kind")] = Field(
        default_factory=lambda: MadeWebAcl.model_validate({"kind": "made"}), description="What keeps bad requests out."
    )
    countries: Countries | None = Field(None, description="Where clients may be; none: anywhere.")
    longest_silence_seconds: Count = Field(
        60,
        ge=1,
        le=120,
        description="How long the gateway may take for the next piece of an answer; over 60 needs a quota.",
    )
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = Field(
        "PriceClass_All", description="From which parts of the world it is served close by."
    )


Entry = Annotated[Internal | Public | Cdn, Field(discriminator="kind")]


def _networks(listed: object) -> Iterator[IPv4Network]:
    """Yield the ranges that are right in themselves."""
    for text in listed if isinstance(listed, list | tuple) else ():
        try:
            yield network_of(str(text))
        except RefusedError:
            continue


def _is_private(network: IPv4Network) -> bool:
    return any(network.subnet_of(private) for private in _PRIVATE)
