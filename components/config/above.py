"""Where a stack reads what the layer above tells: the other stack's outputs, or parameters in the account."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from components.config.model import Matching, Model, RefusedError
from components.config.network import AccountId
from components.config.regions import Region

StackName = Annotated[
    str,
    Matching(
        r"[^/\s]+/[^/\s]+/[A-Za-z0-9._-]+",
        "does not name organization, project and stack",
        "write it as organization/agent-platform/dev-platform, as `pulumi stack ls` and the backend know it",
    ),
]
ParameterName = Annotated[
    str,
    Matching(
        r"/agent-platform/[A-Za-z0-9._-]+/contract",
        "is no name under which a stack publishes its contract",
        "write it as /agent-platform/dev-platform/contract, with the name of the stack that publishes it",
    ),
]


class Published(Model):
    """A contract that is published in an account."""

    name: ParameterName = Field(
        description="The parameter's name, made of the stack's.", examples=["/agent-platform/dev-platform/contract"]
    )
    region: Region = Field(description="The region that it lies in.", examples=["eu-central-1"])
    account_id: AccountId = Field(description="The account that it lies in.", examples=["123456789012"])


class FromContract(Model):
    """The cluster that the layer above tells of in its contract."""

    kind: Literal["contract"]
    stack: StackName | None = Field(
        None,
        description="The stack that exports the contract. Reading it needs read access to that stack's state.",
        examples=["organization/agent-platform/dev-platform"],
    )
    parameter: Published | None = Field(
        None, description="The contract as it is published in the account, for whom that stack's state is closed."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a contract that is read from nowhere or from two places."""
        named = [option for option in ("stack", "parameter") if data.get(option) is not None]
        if len(named) != 1:
            reason = f"cluster.kind is contract, with {' and '.join(named) or 'neither stack nor parameter'}"
            yield RefusedError(f"{reason}: it has to be read from one place", "write one of the two")

    @property
    def upper(self) -> str:
        """Return the name of the stack that tells."""
        if self.parameter:
            return self.parameter.name.split("/")[2]
        return str(self.stack).rpartition("/")[2]
