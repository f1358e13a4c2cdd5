"""What things in a registry are called."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """The names in a registry; each account has one registry a region.

    Args:
        account_id: the account, twelve digits.
        region: the region.
        prefix: what the names of all repositories begin with.
    """

    account_id: str
    region: str
    prefix: str

    @property
    def host(self) -> str:
        """Return the registry's host, as images name it."""
        return f"{self.account_id}.dkr.ecr.{self.region}.amazonaws.com"

    def name(self, image: str) -> str:
        """Return the name of the repository of an image."""
        return f"{self.prefix}/{image}"

    def url(self, image: str) -> str:
        """Return the URL of an image, to which a tag or digest is added."""
        return f"{self.host}/{self.name(image)}"

    def arns(self, folder: str = "") -> str:
        """Return the pattern of the ARNs of all repositories, or of those below a folder."""
        return f"arn:aws:ecr:{self.region}:{self.account_id}:repository/{self.name(f'{folder}/*' if folder else '*')}"
