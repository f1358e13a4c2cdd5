"""What tells Karpenter that machines are about to go, as plain data: a queue, and the events that reach it.

https://karpenter.sh/docs/concepts/disruption/#interruption
"""

from collections.abc import Mapping
from typing import Any

from components.config.eks import Eks

RETENTION_SECONDS = 300
"""A warning of two minutes is of no use after five."""
EVENTS: Mapping[str, tuple[str, str]] = {
    "health": ("aws.health", "AWS Health Event"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
    "reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""Source and kind of the events, by what they are called here."""


def queue_name(settings: Eks) -> str:
    """Return the queue's name, which Karpenter's chart is told."""
    return f"{settings.name}-interruptions"


def queue_arn(settings: Eks) -> str:
    """Return the queue's ARN, which follows from its name."""
    return f"arn:aws:sqs:{settings.region}:{settings.account_id}:{queue_name(settings)}"


def rule_name(settings: Eks, event: str) -> str:
    """Return the name of the rule of an event."""
    return f"{settings.name}-machine-{event}"


def pattern(event: str) -> dict[str, Any]:
    """Return what an event is known by."""
    source, kind = EVENTS[event]
    return {"source": [source], "detail-type": [kind]}


def queue_policy(settings: Eks) -> dict[str, Any]:
    """Return who may send to the queue: EventBridge, by our rules alone; and that nobody may without TLS."""
    arn = queue_arn(settings)
    rules = [
        f"arn:aws:events:{settings.region}:{settings.account_id}:rule/{rule_name(settings, event)}" for event in EVENTS
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "EventsArrive",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": rules},
                    "StringEquals": {"aws:SourceAccount": settings.account_id},
                },
            },
            {
                "Sid": "OnlyByTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
