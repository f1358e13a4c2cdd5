"""The tags of everything in AWS: whose it is, what it is for, who pays."""


def owner_tags(owner: str, cost_center: str, environment: str) -> dict[str, str]:
    """Return the tags of what is the platform's; what a team makes says so by its own `team`."""
    return {"owner": owner, "environment": environment, "team": "platform", "cost-center": cost_center}
