"""Where a team's service is made, and what it is called there."""

from dataclasses import dataclass

from components.ground import Ground
from components.naming import DIGITS, called, digits


@dataclass(frozen=True)
class Site:
    """The ground that a service stands on, and whose it is.

    Attributes:
        ground: the account, region and network.
        team: the team.
        name: the service's name in the settings.
        data_class: the class of protected data that it keeps, if any.
    """

    ground: Ground
    team: str
    name: str
    data_class: str | None = None

    def called(self, most: int) -> str:
        """Return its name in AWS: of cluster, team and service."""
        return called(self.ground.cluster, self.team, self.name, most=most)

    def called_in_the_world(self, most: int, role: str = "") -> str:
        """Return its name where all accounts share the names: that name, and a hash of where and what it is."""
        where = digits(self.ground.account_id, self.ground.region, self.called(most), role)
        return f"{self.called(most - DIGITS - 1)}-{where}"

    def tags(self, name: str) -> dict[str, str]:
        """Return the tags of what is called so; those of the platform come from the provider."""
        kept = {"data-class": self.data_class} if self.data_class else {}
        return {"Name": name, "team": self.team, **kept}

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something in this account and region."""
        return f"arn:aws:{service}:{self.ground.region}:{self.ground.account_id}:{resource}"
