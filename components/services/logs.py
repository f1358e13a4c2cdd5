"""The log groups of services: where AWS writes what happens in databases and brokers."""

RETENTION_DAYS = 365


def of_stream(cluster: str, name: str) -> str:
    """Return the log group of the brokers of a stream.

    Args:
        cluster: the name of the Kubernetes cluster.
        name: the stream's name in AWS.
    """
    return f"{cluster}/streams/{name}"


def of_database(name: str, *, aurora: bool) -> str:
    """Return the log group that RDS writes to; it makes its name up from the database's."""
    return f"/aws/rds/{'cluster' if aurora else 'instance'}/{name}/postgresql"


def patterns(cluster: str) -> list[str]:
    """Return the patterns of all of them in one Kubernetes cluster, which the KMS key of the teams has to let in."""
    return [of_stream(cluster, "*"), *(of_database(f"{cluster}-*", aurora=aurora) for aurora in (False, True))]
