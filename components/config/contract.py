"""What one layer tells the next: exported as the stack output `contract`, read by `cluster: {kind: contract}`."""

import json
from typing import Annotated, Literal

from pydantic import Field

from components.config.cluster import Kubeconfig
from components.config.model import Model
from components.config.reached import ReachedEks
from components.config.team import Team


class Contract(Model):
    """The facts that a lower layer needs. No secret is among them; credentials stay where the kubeconfig file is, or
    with whoever may ask AWS for a token.
    """

    version: Literal[1] = 1
    environment: str
    cluster: Annotated[Kubeconfig | ReachedEks, Field(discriminator="kind")]
    registries: tuple[str, ...] = Field(min_length=1)
    teams: tuple[Team, ...]

    @classmethod
    def from_output(cls, value: object) -> "Contract":
        """Read a stack output; the engine knows one kind of number only, so whole ones come back as `3.0`."""
        return cls.model_validate(json.loads(json.dumps(value), parse_float=_number))


def _number(text: str) -> float | int:
    return int(float(text)) if float(text).is_integer() else float(text)
