"""What the brokers of a stream are set to, as plain data."""

from components.config.services import Stream

PORT = 9098
"""Where brokers take IAM by TLS: https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html"""
METRICS = {11_001: "the metrics of Kafka", 11_002: "the metrics of its machines"}
"""https://docs.aws.amazon.com/msk/latest/developerguide/open-monitoring.html"""
MOST_ZONES = 3


def properties(stream: Stream, zones: int) -> str:
    """Return the brokers' properties.

    An event is kept by a broker in each zone and counts once all but one have it, so that one zone may fail: with two
    zones, writing stops only when both do. Nobody makes a topic by misspelling one.
    https://docs.aws.amazon.com/msk/latest/developerguide/bestpractices.html
    """
    settings = {
        "auto.create.topics.enable": "false",
        "default.replication.factor": zones,
        "log.retention.hours": stream.retention_hours,
        "min.insync.replicas": zones - 1,
        "num.partitions": zones * stream.brokers_per_zone,
        "offsets.topic.replication.factor": zones,
        "transaction.state.log.min.isr": zones - 1,
        "transaction.state.log.replication.factor": zones,
        "unclean.leader.election.enable": "false",
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())
