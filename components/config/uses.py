"""What an agent uses in AWS: services and secrets of its team, models, buckets. From it follow its role, its network
and its environment variables. There is no way to ask for everything of a kind.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from components.config.layering import Environment
from components.config.model import Matching, Model, RefusedError
from components.config.names import Name

PROFILES = ("apac", "au", "eu", "global", "jp", "us")
"""How the names of inference profiles begin, which answer from several regions:
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html"""


class Access(StrEnum):
    """What is done with what a service holds. Reading a queue is taking messages out of it."""

    READ = "read"
    WRITE = "write"
    READ_WRITE = "readWrite"

    @property
    def reads(self) -> bool:
        """Whether it covers reading."""
        return self is not Access.WRITE

    @property
    def writes(self) -> bool:
        """Whether it covers writing."""
        return self is not Access.READ


def _folder(prefix: str) -> str:
    if not prefix.endswith("/") or prefix.startswith("/") or "//" in prefix:
        raise RefusedError(
            f'"{prefix}" is not a folder of a bucket, so that names which only begin alike would be opened too',
            "write it with a slash at its end and none at its beginning, as datasets/2026/",
        )
    return prefix


ModelId = Annotated[
    str,
    Matching(
        r"([a-z]{2,10}\.)?[a-z0-9-]{1,40}\.[a-z0-9.:-]{1,100}",
        "is not the id of a model in Amazon Bedrock",
        "copy it from `aws bedrock list-foundation-models` or `aws bedrock list-inference-profiles`",
    ),
]
BucketName = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "is not the name of a bucket",
        "write the name alone, without s3:// and without folders",
    ),
]
Folder = Annotated[
    str,
    Matching(r"[A-Za-z0-9/_.=-]{1,512}", "can't be held to exactly: it is not a plain folder", "write it as datasets/"),
    AfterValidator(_folder),
]
KeyArn = Annotated[
    str,
    Matching(
        r"arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[a-f0-9-]{36}|arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/mrk-[a-f0-9]{32}",
        "is not the ARN of a KMS key",
        "copy it from `aws s3api get-bucket-encryption --bucket <bucket>`; an alias is none",
    ),
]
VariableStem = Annotated[
    str,
    Matching(
        "[A-Z][A-Z0-9_]{0,39}",
        "can't begin the names of environment variables, as shells and people know them",
        "use upper-case letters, digits and underscores, as ORDERS",
    ),
]


class _Used(Model):
    """One thing that an agent uses."""

    as_: VariableStem | None = Field(
        None,
        alias="as",
        description="What the names of its environment variables begin with; default: its name in upper case.",
        examples=["ORDERS"],
    )
    environments: Annotated[tuple[Environment, ...], Field(min_length=1)] | None = Field(
        None, description="The environments that it is used in; default: all.", examples=[["dev", "prod"]]
    )

    def is_used_in(self, environment: str) -> bool:
        """Whether it is used in an environment."""
        return self.environments is None or environment in self.environments


class UsedService(_Used):
    """A service of the agent's own team."""

    service: Name = Field(description="Its name in the team's `services`.", examples=["orders"])
    access: Access = Field(Access.READ, description="What is done with what it holds.")

    @property
    def stem(self) -> str:
        """Return what its environment variables begin with."""
        return self.as_ or _shouted(self.service)


class UsedSecret(_Used):
    """A secret of the agent's own team. Its value never passes through here: the agent reads it by its own role."""

    secret: Name = Field(description="Its name in the team's `secrets`.", examples=["payment-provider"])

    @property
    def stem(self) -> str:
        """Return what its environment variables begin with."""
        return self.as_ or _shouted(self.secret)


class UsedModel(_Used):
    """A model in Amazon Bedrock, or a profile that answers from several regions."""

    model: ModelId = Field(description="Its id.", examples=["eu.anthropic.claude-sonnet-4-5-20250929-v1:0"])

    @property
    def stem(self) -> str:
        """Return what its environment variables begin with."""
        return self.as_ or "MODEL"

    @property
    def profile(self) -> str | None:
        """Return the regions that may answer, as the id begins; None: only the cluster's own."""
        beginning = self.model.partition(".")[0]
        return beginning if beginning in PROFILES else None

    @property
    def foundation(self) -> str:
        """Return the id of the model itself, whichever region answers."""
        return self.model.partition(".")[2] if self.profile else self.model


class UsedBucket(_Used):
    """A bucket that somebody else made, to read from."""

    bucket: BucketName = Field(description="Its name.", examples=["company-datasets"])
    prefix: Folder | None = Field(None, description="The folder that is read; default: all of it.", examples=["faq/"])
    access: Literal["read"] = Field("read", description="What is done with it; nobody writes to others' buckets.")
    key_arn: KeyArn | None = Field(None, description="The KMS key that encrypts it, where it has one.")

    @property
    def stem(self) -> str:
        """Return what its environment variables begin with."""
        return self.as_ or "BUCKET"


_KINDS: Mapping[str, type[_Used]] = {
    "service": UsedService,
    "secret": UsedSecret,
    "model": UsedModel,
    "bucket": UsedBucket,
}


def _kind(value: Any) -> str | None:
    """Return which one of the words that say what is used an entry has, if it has just one."""
    if isinstance(value, _Used):
        return next(kind for kind, model in _KINDS.items() if isinstance(value, model))
    found = [kind for kind in _KINDS if isinstance(value, Mapping) and kind in value]
    return found[0] if len(found) == 1 else None


def _shouted(name: str) -> str:
    return name.replace("-", "_").upper()


def _clear(value: Any) -> Any:
    if isinstance(value, Mapping) and _kind(value) is None:
        found = [kind for kind in _KINDS if kind in value]
        reason = f"it says {' and '.join(found)} at once" if found else "nothing says what is used"
        fix = "let each entry have one of service, secret, model and bucket, as `{secret: payment-provider}`"
        raise RefusedError(f"{reason}, so that nobody knows which permissions it needs", fix)
    return value


Use = Annotated[
    Annotated[UsedService, Tag("service")]
    | Annotated[UsedSecret, Tag("secret")]
    | Annotated[UsedModel, Tag("model")]
    | Annotated[UsedBucket, Tag("bucket")],
    Discriminator(_kind),
    BeforeValidator(_clear),
]
"""One thing that an agent uses; the word that names it says of which kind it is."""
