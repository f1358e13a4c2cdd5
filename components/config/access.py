"""Who reaches a cluster in EKS, and from where."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from components.config.model import Matching, Model, RefusedError
from components.config.names import Name
from components.config.network import network_of

_WIDEST = 8
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
_RESERVED_GROUPS = ("system:", "eks:", "aws:", "amazon:", "iam:")
"""https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html"""


def _public_range(text: str) -> str:
    network = network_of(text)
    if network.prefixlen < _WIDEST:
        reason = f"{text} is {'the whole internet' if network.prefixlen == 0 else 'a large part of the internet'}"
        raise RefusedError(f"{reason}, which could try stolen tokens there", "name the networks of your offices or VPN")
    if any(network.subnet_of(private) for private in _PRIVATE):
        reason = f"{text} is a private range, which never reaches a public endpoint; EKS would refuse it"
        raise RefusedError(reason, "name the public addresses that your networks show to the internet")
    return text


def _own_group(group: str) -> str:
    if group.startswith(_RESERVED_GROUPS):
        reason = f'"{group}" begins as the groups of Kubernetes and AWS do; EKS refuses it in an access entry'
        raise RefusedError(reason, "use a group of your own, as storefront-engineers")
    return group


RoleArn = Annotated[
    str,
    Matching(
        r"arn:aws:iam::[0-9]{12}:role/[\w+=,.@/-]+",
        "is not the ARN of a role",
        "copy it from `aws iam list-roles`, with its path: arn:aws:iam::123456789012:role/path/name",
    ),
]
Group = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_own_group)]


class Endpoint(Model):
    """How the API server is reached: from inside the network always, from outside by listed networks only."""

    public_cidrs: tuple[Annotated[str, AfterValidator(_public_range)], ...] = Field(
        (), description="Networks that reach it from the internet; none: it has no public endpoint.", examples=[[]]
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a public endpoint that nobody or everybody would reach."""
        if "publicCidrs" in data and data["publicCidrs"] in ([], (), None):
            reason = "publicCidrs is empty: EKS would take that as the whole internet"
            yield RefusedError(reason, "name the networks, or leave publicCidrs out for a private endpoint")


class AccessPolicy(Model):
    """One of the access policies that EKS knows, for the whole cluster or for some namespaces."""

    policy: Literal["view", "edit", "adminView"] = Field(description="What it allows.", examples=["view"])
    namespaces: tuple[Name, ...] = Field(
        (), description="Where; `view` alone may do without, and holds in the whole cluster then.", examples=[["media"]]
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield rights that would reach into the namespaces of all teams and of the cluster itself."""
        if data.get("policy") in ("edit", "adminView") and not data.get("namespaces"):
            reason = f"{data['policy']} without namespaces holds everywhere, in kube-system too, and shows all Secrets"
            yield RefusedError(reason, "name the namespaces where it is needed")


class Entry(Model):
    """Who else reaches the cluster: a role, as one that an SSO permission set made, and what it is there."""

    role_arn: RoleArn = Field(description="The role.", examples=["arn:aws:iam::123456789012:role/storefront"])
    groups: tuple[Group, ...] = Field((), description="Groups that it is in there: a team's `group`.")
    policies: tuple[AccessPolicy, ...] = Field((), description="What it may do beside what its groups may.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a role that would be let in for nothing."""
        if not data.get("groups") and not data.get("policies"):
            reason = f"{data.get('roleArn')} has neither groups nor policies: it would get in and could do nothing"
            yield RefusedError(reason, "give it the `group` of a team, or a policy")


class Access(Model):
    """Who reaches the cluster. Its creator gets nothing by itself."""

    pipeline_role_arn: RoleArn = Field(
        description="The role that runs `up`; administers the cluster.",
        examples=["arn:aws:iam::123456789012:role/pipeline"],
    )
    break_glass_role_arn: RoleArn = Field(
        description="The role for emergencies; administers the cluster, and its use should raise an alarm.",
        examples=["arn:aws:iam::123456789012:role/break-glass"],
    )
    entries: tuple[Entry, ...] = Field((), description="Everybody else.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield roles that are named twice: EKS has one entry a role."""
        listed = [each.get("roleArn") for each in mappings(data.get("entries"))]
        roles = [role for role in (data.get("pipelineRoleArn"), data.get("breakGlassRoleArn"), *listed) if role]
        for role in sorted({str(role) for role in roles if roles.count(role) > 1}):
            reason = f"{role} is named {roles.count(role)} times; EKS has one entry for each role"
            yield RefusedError(reason, "name each role once, with all its groups and policies")


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Return the maps in a list as people wrote it; none, if it is no list."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
