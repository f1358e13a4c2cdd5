"""What stands before the first stack: where state is kept, and who the pipeline is."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from components.config.model import Matching, Model, RefusedError
from components.config.network import AccountId
from components.config.quantities import Count
from components.config.regions import Region

_LONGEST_NAME = 20
"""Buckets, whose names have at most 63 characters, carry account and region beside it."""

BootstrapName = Annotated[
    str,
    Field(min_length=3, max_length=_LONGEST_NAME),
    Matching(
        "[a-z]([a-z0-9-]*[a-z0-9])?",
        "can't begin the names of buckets, keys and roles",
        "use lower-case letters, digits and hyphens, beginning with a letter, as agent-platform",
    ),
]
GitHubOwner = Annotated[
    str,
    Matching(
        "[A-Za-z0-9](-?[A-Za-z0-9]){0,38}", "is not a user or organization on GitHub", "write it as its URL has it"
    ),
]
GitHubRepository = Annotated[
    str,
    Matching(r"[A-Za-z0-9._-]{1,100}", "is not a repository's name", "write it without its owner, as its URL has it"),
]
GitHubEnvironment = Annotated[
    str,
    Matching(
        "[A-Za-z0-9][A-Za-z0-9._-]{0,254}",
        "can't be held to exactly: it is not a plain name",
        "use letters, digits, dots, hyphens and underscores, as prod",
    ),
]
Branch = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*",
        "can't be held to exactly: it is not the plain name of one branch",
        "write one branch, as main; never a pattern",
    ),
]
GitHubId = Annotated[Count, Field(ge=1)]


class FromEnvironment(Model):
    """Jobs that name an environment of the repository: its reviewers and branches hold them."""

    kind: Literal["environment"]
    name: GitHubEnvironment = Field(description="The environment.", examples=["prod"])

    @property
    def subject(self) -> str:
        """Return the end of GitHub's subject."""
        return f"environment:{self.name}"


class FromBranch(Model):
    """Jobs that run on a branch of the repository, outside of environments."""

    kind: Literal["branch"]
    name: Branch = Field(description="The branch.", examples=["main"])

    @property
    def subject(self) -> str:
        """Return the end of GitHub's subject."""
        return f"ref:refs/heads/{self.name}"


Origin = Annotated[FromEnvironment | FromBranch, Field(discriminator="kind")]


class GitHub(Model):
    """The repository whose jobs are the pipeline. No other one, no fork and no pull request is ever trusted."""

    owner: GitHubOwner = Field(description="Its user or organization.", examples=["example"])
    repository: GitHubRepository = Field(description="Its name.", examples=["agent-platform"])
    owner_id: GitHubId | None = Field(
        None,
        description="The owner's number. GitHub names owner and repository with their numbers where the repository is "
        "younger than 2026-07-15 or opted in: `gh api repos/<owner>/<repository>/actions/oidc/customization/sub`.",
        examples=[123456],
    )
    repository_id: GitHubId | None = Field(None, description="The repository's number.", examples=[456789])
    up: Origin = Field(description="The jobs that change the account.")
    preview: Origin = Field(description="The jobs that only look.")
    make_provider: bool = Field(
        True, description="Make the account's trust in GitHub; false where it has it, since it can have one only."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield jobs that would be both, and half of a numbered name."""
        up, preview = data.get("up"), data.get("preview")
        if up is not None and up == preview:
            name = up.get("name") if isinstance(up, Mapping) else up
            reason = f"up and preview are both {name}: whoever may look could take the role that changes everything"
            yield RefusedError(reason, "give each an environment or a branch of its own, as prod and prod-preview")
        numbers = [key for key in ("ownerId", "repositoryId") if data.get(key) is not None]
        if len(numbers) == 1:
            reason = f"only {numbers[0]} is set; GitHub writes the numbers of both or of neither, so no job would match"
            yield RefusedError(reason, "set ownerId and repositoryId, or leave both out")

    @property
    def name(self) -> str:
        """Return owner and repository as GitHub writes them in a subject."""
        if self.owner_id is None:
            return f"{self.owner}/{self.repository}"
        return f"{self.owner}@{self.owner_id}/{self.repository}@{self.repository_id}"


class BootstrapSettings(Model):
    """The settings of the bootstrap's stack: one for each account that environments live in."""

    environment: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        description="A tag of everything in it.", examples=["prod"]
    )
    name: BootstrapName = Field(
        "agent-platform",
        description="What names begin with: those of what is made here, and of what the pipeline may make.",
    )
    account_id: AccountId = Field(description="The account; no other is ever changed.", examples=["123456789012"])
    region: Region = Field(description="The region of state and keys.", examples=["eu-central-1"])
    other_regions: tuple[Region, ...] = Field(
        (),
        description="Where else the pipeline may make things: an environment's region, or one that copies are kept in.",
        examples=[["eu-west-1"]],
    )
    owner: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="Whom to wake: a tag.")
    cost_center: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="Who pays: a tag.")
    github: GitHub = Field(description="Who the pipeline is.")
    old_state_days: Annotated[Count, Field(ge=30, le=3650)] = Field(
        365, description="How long a version of the state that was replaced is kept."
    )
    old_state_versions: Annotated[Count, Field(ge=1, le=100)] = Field(
        50, description="How many such versions are kept whatever their age."
    )
    access_log_days: Annotated[Count, Field(ge=365, le=3650)] = Field(
        365, description="How long it is kept who read and wrote the state."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield regions that are named twice."""
        listed = data.get("otherRegions")
        regions = [data.get("region"), *(listed if isinstance(listed, list | tuple) else ())]
        for region in sorted({str(region) for region in regions if region and regions.count(region) > 1}):
            reason = f"region and otherRegions name {region} {regions.count(region)} times"
            yield RefusedError(reason, "name each region once")


class BootstrapStack(Model):
    """What a stack file of the bootstrap says: one map, since Pulumi tells no number from text outside of maps."""

    bootstrap: BootstrapSettings = Field(description="The bootstrap's settings.")
