"""The edge of an environment: the name that clients call, who may call it, and how they get to the gateway."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from components.config.entry import Cdn, Entry, ExistingWebAcl, Public
from components.config.forms import Domain, HostedZone, UrlPath
from components.config.model import Model, RefusedError
from components.config.network import ExistingNetwork, MadeNetwork
from components.config.quantities import Count

LONGEST_DOMAIN = 64
"""The first name of a certificate: https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html"""
CDN_REGION = "us-east-1"
"""Where CloudFront takes certificates and web ACLs from, and tells of its logs."""


class MadeZone(Model):
    """A hosted zone that is made for the domain. The world sees it only once the domain above delegates to it."""

    kind: Literal["made"]
    parent: HostedZone | None = Field(
        None,
        description="The hosted zone of the domain above, if this account has it: the delegation is written there.",
    )
    delegated: bool = Field(
        False,
        description="Whether somebody wrote the zone's name servers into the domain above. Until then the zone alone "
        "is made: no certificate could be validated.",
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a delegation that would be written twice."""
        if data.get("parent") and data.get("delegated"):
            reason = "delegated says that somebody wrote the delegation, and parent has it written here"
            yield RefusedError(f"{reason}; the second of two equal records is refused", "remove one of the two")


class ExistingZone(Model):
    """A hosted zone that exists, of the domain or of one above it."""

    kind: Literal["existing"]
    id: HostedZone = Field(description="Its id.", examples=["Z0123456789ABCDEFGHIJ"])
    owns_records: bool = Field(
        True,
        description="Whether this stack writes what the domain has only once: how its certificates are validated, and "
        "who may sign them. With one domain in several regions it is true in one, which comes first and goes last.",
    )


class GatewayPods(Model):
    """Where the gateway's pods listen; as they come, those of Envoy Gateway."""

    port: Count = Field(10443, ge=1024, le=65535, description="The port of TLS.")
    health_port: Count = Field(
        19003, ge=1024, le=65535, description="The port that tells of their health, in plain HTTP."
    )
    health_path: UrlPath = Field("/ready", description="What is asked for there; 200 is well.")


class EdgeSettings(Model):
    """The way in from outside of the cluster."""

    domain: Domain = Field(
        description="What clients call; names right below it are its too.", examples=["agents.example.com"]
    )
    zone: Annotated[MadeZone | ExistingZone, Field(discriminator="kind")] = Field(description="Where it is written.")
    entry: Entry = Field(description="Who reaches it, and how.")
    gateway: GatewayPods = Field(
        default_factory=lambda: GatewayPods.model_validate({}), description="Where the gateway's pods listen."
    )
    access_log_days: Count = Field(365, ge=365, le=3653, description="How long it is kept who called.")
    only_amazon_signs: bool = Field(
        True, description="Say in DNS (CAA) that no authority but Amazon's may sign certificates for the domain."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield what can't stand together."""
        domain, zone, entry = data.get("domain"), _mapping(data.get("zone")), _mapping(data.get("entry"))
        if isinstance(domain, str) and len(domain) > LONGEST_DOMAIN:
            reason = f"domain has {len(domain)} characters, and a certificate's name can have {LONGEST_DOMAIN}"
            yield RefusedError(reason, "choose a shorter name")
        if entry.get("failover") and zone.get("kind") == "made":
            reason = (
                "entry.failover shares the domain with other regions, but its zone is made, and goes, with this one"
            )
            fix = "make the zone apart from any region, and write zone: {kind: existing, id: Z…} in each of them"
            yield RefusedError(reason, fix)

    @property
    def is_open(self) -> bool:
        """Return whether the world sees the zone, so that certificates can be validated."""
        return isinstance(self.zone, ExistingZone) or self.zone.delegated or self.zone.parent is not None

    @property
    def owns_records(self) -> bool:
        """Return whether what the domain has only once is written here."""
        return isinstance(self.zone, MadeZone) or self.zone.owns_records


def check_edge(
    written: object, network: MadeNetwork | ExistingNetwork | None, account_id: str
) -> Iterator[RefusedError]:
    """Yield what an edge asks for that is not where the cluster is.

    Args:
        written: the edge as people wrote it; what is wrong in itself is said elsewhere.
        network: the cluster's network; None: it is wrong in itself.
        account_id: the cluster's account, twelve digits.
    """
    entry = None
    with contextlib.suppress(ValidationError):
        entry = EdgeSettings.model_validate(written).entry
    if isinstance(entry, Public) and isinstance(network, ExistingNetwork) and not network.public_subnets:
        reason = "edge.entry is public, but the network has no publicSubnets for what the internet reaches"
        yield RefusedError(reason, "name them, or write kind: internal or kind: cdn")
    if isinstance(entry, Cdn) and isinstance(entry.web_acl, ExistingWebAcl):
        owner = entry.web_acl.arn.split(":")[4]
        if owner != account_id:
            reason = f"edge.entry.webAcl is in account {owner}, where a distribution of {account_id} can't use it"
            yield RefusedError(reason, f"name one in account {account_id}")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
