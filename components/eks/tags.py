"""The tags of everything in AWS: whose it is, what it is for, who pays."""

from components.config.eks import Eks


def owner_tags(settings: Eks, environment: str) -> dict[str, str]:
    """Return the tags; all of it is the platform's, agents have none of their own in AWS."""
    return {
        "owner": settings.owner,
        "environment": environment,
        "team": "platform",
        "cost-center": settings.cost_center,
    }
