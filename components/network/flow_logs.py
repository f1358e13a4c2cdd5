"""The record of who talked to whom: where it is kept, and the role that writes it.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""

from typing import Any

from components.network.place import Place

FORMAT = " ".join(
    f"${{{field}}}"
    for field in (
        *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"),
        *("packets", "bytes", "start", "end", "action", "log-status", "pkt-srcaddr", "pkt-dstaddr", "flow-direction"),
    )
)
"""AWS's default fields, and the addresses of the packet itself: behind NAT the others are the gateway's."""


def group_name(cluster: str) -> str:
    """Return the name of the log group."""
    return f"/aws/vpc/{cluster}/flow-logs"


def role_name(place: Place) -> str:
    """Return the name of the role; roles are the whole account's, so that the region is in it."""
    return f"{place.cluster}-{place.region}-flows"


def trust(place: Place) -> dict[str, Any]:
    """Return the role's trust: the flow log service, on behalf of this account's flow logs in this region."""
    logs = f"arn:aws:ec2:{place.region}:{place.account_id}:vpc-flow-log/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": place.account_id},
                    "ArnLike": {"aws:SourceArn": logs},
                },
            }
        ],
    }


def permissions(place: Place) -> dict[str, Any]:
    """Return what the role may do: write to the one log group. Which groups there are can't be asked of one alone."""
    group = f"arn:aws:logs:{place.region}:{place.account_id}:log-group:{group_name(place.cluster)}"
    write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": write, "Resource": [group, f"{group}:*"]},
            {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
        ],
    }
