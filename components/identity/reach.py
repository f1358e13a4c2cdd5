"""What an agent in a cluster gets from what it uses in AWS."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from components.config.uses import Use, UsedBucket, UsedModel, UsedSecret
from components.identity.grants import Grant, Way, of_bucket, of_model, of_secret
from components.identity.services import of_service
from components.identity.where import Where
from components.services.made import Made


@dataclass(frozen=True)
class Reach:
    """What one agent's pods are given.

    Attributes:
        variables: environment variables; values may be outputs, and are never secrets.
        ways: what their network policy lets out to.
        after: what has to be there before they start.
    """

    variables: Mapping[str, Any] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()
    after: tuple[Any, ...] = ()


NOTHING = Reach()


def granted(use: Use, team: str, where: Where, service: Callable[[str], Made]) -> Grant:
    """Return what one thing that an agent uses gives it.

    Args:
        use: the thing.
        team: the agent's team.
        where: the cluster's place.
        service: gives a service of the team by its name.
    """
    if isinstance(use, UsedSecret):
        return of_secret(use, team, where)
    if isinstance(use, UsedModel):
        return of_model(use, where)
    if isinstance(use, UsedBucket):
        return of_bucket(use, where)
    return of_service(use, service(use.service), where)


def reach(grants: Sequence[Grant], after: Sequence[Any]) -> Reach:
    """Return what an agent is given by all that it uses."""
    variables = {name: value for grant in grants for name, value in grant.variables.items()}
    ways = {_place(way): way for grant in grants for way in grant.ways}
    return Reach(variables, tuple(ways.values()), tuple(after))


def _place(way: Way) -> tuple[Any, int]:
    """Return what tells ways apart; of an output only itself can be asked."""
    return (str(way.peers) if isinstance(way.peers, list) else id(way.peers), way.port)
