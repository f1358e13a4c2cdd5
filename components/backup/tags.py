"""The tag by which backups find what they are to keep."""

KEY = "backup"


def backed_up(cluster: str) -> dict[str, str]:
    """Return the tag of what the plan of a cluster keeps; the cluster's name, so that no other's plan keeps it too."""
    return {KEY: cluster}
