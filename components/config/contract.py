"""What one layer tells the next: a stack output, and parameters in the account, read by `cluster: {kind: contract}`."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from components.config.cluster import Kubeconfig
from components.config.layering import Layer
from components.config.model import Model, RefusedError
from components.config.reached import ReachedEks
from components.config.team import Team

VERSION: Literal[1] = 1
LONGEST_PARAMETER = 8192
"""Characters of a parameter of the advanced tier:
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"""


class Contract(Model):
    """The facts that a lower layer needs. No secret is among them; credentials stay where the kubeconfig file is, or
    with whoever may ask AWS for a token.
    """

    version: Literal[1] = VERSION
    environment: str
    layer: Layer = Field(description="The last layer that stands.")
    cluster: Annotated[Kubeconfig | ReachedEks, Field(discriminator="kind")]
    registries: tuple[str, ...] = ()
    teams: tuple[Team, ...] = ()

    @classmethod
    def from_output(cls, value: object) -> "Contract":
        """Read a stack output; the engine knows one kind of number only, so whole ones come back as `3.0`.

        Raises:
            RefusedError: another version of the program wrote it.
        """
        found = json.loads(json.dumps(value), parse_float=_number)
        version = found.get("version") if isinstance(found, Mapping) else None
        if version != VERSION:
            reason = f"its contract is of version {version}, and this program reads version {VERSION} only"
            raise RefusedError(reason, "bring both layers up with the same release of the program, the upper one first")
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
            reason = f"its contract can't be read by this program ({wrong})"
            raise RefusedError(reason, "bring that layer up again with this release of the program") from None


def folder(stack: str) -> str:
    """Return the path below which a stack's parameters lie in its account."""
    return f"/agent-platform/{stack}"


def published(contract: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return a contract as its parameters hold it: what all need, with the names of teams; and each team by its name.

    A parameter holds 8,192 characters: the first has room for dozens of node pools, and teams may be any number.
    """
    teams = {team["name"]: team for team in contract["teams"]}
    return {**contract, "teams": sorted(teams)}, teams


def _number(text: str) -> float | int:
    return int(float(text)) if float(text).is_integer() else float(text)
