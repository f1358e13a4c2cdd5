"""The registry that an environment's images are kept in: its own, copies of others', and what it fetches on demand."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from components.config.access import RoleArn, mappings
from components.config.model import Matching, Model, RefusedError
from components.config.network import AccountId
from components.config.quantities import Count

_PART = "[a-z0-9]+([._-][a-z0-9]+)*"
_LONGEST_PREFIX = 19
"""ECR takes 30 characters for a cache's prefix, and the longest upstream's name has 10 and a slash."""
MIRROR = "mirror"
"""The folder that copies of other people's images are below."""


class Upstream(StrEnum):
    """Registries that ECR fetches from on demand and keeps copies of."""

    ECR_PUBLIC = "ecr-public"
    KUBERNETES = "kubernetes"
    QUAY = "quay"
    DOCKER_HUB = "docker-hub"
    GITHUB = "github"
    GITLAB = "gitlab"
    CHAINGUARD = "chainguard"


NEEDS_CREDENTIAL = {
    Upstream.ECR_PUBLIC: False,
    Upstream.KUBERNETES: False,
    Upstream.QUAY: False,
    Upstream.DOCKER_HUB: True,
    Upstream.GITHUB: True,
    Upstream.GITLAB: True,
    Upstream.CHAINGUARD: True,
}
"""Which of them ECR reaches with a secret only:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html"""


class Scanning(StrEnum):
    """How images are searched for known flaws.

    `enhanced` is Amazon Inspector's: systems and languages, again whenever a new flaw becomes known, and is paid by the
    image. `basic` looks at system packages once, when an image is pushed. Either is set for the whole registry, of
    which an account has one a region; `elsewhere` leaves that to whoever sets it already.
    """

    ENHANCED = "enhanced"
    BASIC = "basic"
    ELSEWHERE = "elsewhere"


def _sorted(values: object) -> object:
    """Return names in one order, so that another order is no change; twins stay, to be refused."""
    texts = isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)
    return tuple(sorted(values)) if texts else values  # type: ignore[call-overload]


ImageName = Annotated[
    str,
    Field(min_length=2, max_length=200),
    Matching(
        f"{_PART}(/{_PART})*",
        "can't be the name of a repository",
        "use lower-case letters and digits, between them dots, hyphens and underscores, as storefront/recommender",
    ),
]
Prefix = Annotated[
    str,
    Field(min_length=2, max_length=_LONGEST_PREFIX),
    Matching(
        _PART, "can't begin the names of repositories", "use lower-case letters, digits and hyphens, as agent-platform"
    ),
]
Source = Annotated[
    str,
    Field(max_length=200),
    Matching(
        rf"[a-z0-9-]+(\.[a-z0-9-]+)+(/{_PART})+",
        "is not an image with its registry",
        "write the registry in full and no tag, as docker.elastic.co/elasticsearch/elasticsearch",
    ),
]
Tag = Annotated[str, Matching(r"\w[\w.-]{0,127}", "is not the tag of an image", 'write it in quotes, as "9.2.1"')]
Digest = Annotated[
    str,
    Matching(
        "sha256:[0-9a-f]{64}",
        "is not the digest of an image",
        "print it with `crane digest <image>:<tag>` and check it against what its makers publish",
    ),
]
Credential = Annotated[
    str,
    Matching(
        r"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:ecr-pullthroughcache/[\w/+=.@-]+",
        "is not the ARN of a secret that ECR would read",
        "name the secret ecr-pullthroughcache/<name> and write its ARN, in the registry's account and region",
    ),
]
Organization = Annotated[
    str,
    Matching(
        "o-[a-z0-9]{10,32}",
        "is not the id of an organization",
        "copy it from `aws organizations describe-organization`",
    ),
]


class Cache(Model):
    """A registry that ECR fetches from on demand: `<host>/<prefix>/<upstream>/<image>` is its image."""

    upstream: Upstream = Field(description="The registry.", examples=["quay"])
    credential: Credential | None = Field(
        None,
        description="The secret with user name and access token, for those that want one.",
        examples=["arn:aws:secretsmanager:eu-central-1:123456789012:secret:ecr-pullthroughcache/docker-hub-a1b2c3"],
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a secret that is missing, or that nobody would read."""
        upstream = data.get("upstream")
        if upstream not in list(Upstream):
            return
        needed, given = NEEDS_CREDENTIAL[Upstream(upstream)], data.get("credential") is not None
        if needed and not given:
            reason = f"ECR fetches from {upstream} with a user's access token only, and refuses the rule without one"
            yield RefusedError(reason, "make the secret ecr-pullthroughcache/<name> and write its ARN as `credential`")
        if given and not needed:
            reason = f"{upstream} is fetched from without credentials, so that the secret would be read for nothing"
            yield RefusedError(reason, "remove `credential`")


class Mirrored(Model):
    """One version of somebody else's image that is copied, so that neither its makers nor their registry are needed."""

    source: Source = Field(description="Where it comes from.", examples=["docker.elastic.co/kibana/kibana"])
    tag: Tag = Field(description="Its tag, there and here.", examples=['"9.2.1"'])
    digest: Digest = Field(description="What is copied: a tag can be moved, this can't.", examples=["sha256:…"])

    @property
    def repository(self) -> str:
        """Return the name of the repository, below the prefix."""
        return f"{MIRROR}/{self.source}"


class RegistrySettings(Model):
    """An account's registry in one region, as far as the platform uses it."""

    prefix: Prefix = Field(
        "agent-platform", description="What all its repositories begin with, so that others' stay apart."
    )
    images: Annotated[tuple[ImageName, ...], BeforeValidator(_sorted)] = Field(
        description="Images of our own; each gets a repository.", examples=[["storefront/recommender"]]
    )
    push_role_arn: RoleArn = Field(
        description="The only role that pushes.", examples=["arn:aws:iam::123456789012:role/pipeline"]
    )
    pull_accounts: Annotated[tuple[AccountId, ...], BeforeValidator(_sorted)] = Field(
        (), description="Other accounts that may pull.", examples=[[]]
    )
    pull_organization: Organization | None = Field(None, description="An organization all of whose accounts may pull.")
    kept_releases: Annotated[Count, Field(ge=5, le=1000)] = Field(
        100, description="How many tagged images of each of our own are kept; keep more than anybody may roll back to."
    )
    untagged_days: Annotated[Count, Field(ge=1, le=365)] = Field(
        14, description="How long an image without a tag is kept."
    )
    cached_days: Annotated[Count, Field(ge=1, le=365)] = Field(
        90,
        description="How long what was fetched on demand is kept, and a tag stays what it was, until fetched anew.",
    )
    scanning: Scanning = Field(Scanning.ENHANCED, description="How images are searched for known flaws.")
    caches: tuple[Cache, ...] = Field((), description="Registries that are fetched from on demand.")
    mirrored: tuple[Mirrored, ...] = Field((), description="Images of others that are copied by hand, by digest.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield what is named twice, and names that stand in each other's way."""
        yield from _twice("images", _texts(data.get("images")), "name each image once")
        yield from _twice("pullAccounts", _texts(data.get("pullAccounts")), "name each account once")
        yield from _twice("caches", [str(each.get("upstream")) for each in mappings(data.get("caches"))], "keep one")
        copies = [f"{each.get('source')}:{each.get('tag')}" for each in mappings(data.get("mirrored"))]
        yield from _twice("mirrored", copies, "keep one: an immutable tag can have one digest only")
        taken = {MIRROR, *(str(upstream) for upstream in Upstream)}
        for image in _texts(data.get("images")):
            if image.partition("/")[0] in taken:
                reason = f"images has {image}, and what is below {image.partition('/')[0]} belongs to others' images"
                yield RefusedError(reason, "name the image otherwise")


def check_registry(registry: RegistrySettings, account_id: str, region: str) -> Iterator[RefusedError]:
    """Yield what is wrong with a registry where it is to be: ECR reads secrets of its own account and region only."""
    for cache in registry.caches:
        where = cache.credential.split(":")[3:5] if cache.credential else [region, account_id]
        if where != [region, account_id]:
            reason = (
                f"the secret of {cache.upstream} is in {where[1]} {where[0]}, the registry in {account_id} {region}"
            )
            yield RefusedError(f"{reason}; ECR would not read it", "make a secret beside the registry")
    if account_id in registry.pull_accounts:
        reason = f"pullAccounts has {account_id}, which the registry is in: its roles pull by their own permissions"
        yield RefusedError(reason, "remove it")


def _twice(option: str, values: Sequence[str], fix: str) -> Iterator[RefusedError]:
    for value, count in sorted(Counter(values).items()):
        if count > 1:
            yield RefusedError(f"{option} has {value} {count} times", fix)


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []
