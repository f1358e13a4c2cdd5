"""Who may reach what through the endpoints of a network.

The policies are a fence around the account, whatever permissions or stolen credentials somebody in the network has:
nothing is written to another account's bucket, and no service that carries data takes another account's credentials.
They grant nothing. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from collections.abc import Sequence
from typing import Any

GATEWAYS = ("dynamodb", "s3")
"""The services that are reached through a route; that costs nothing."""
_CARRIERS = frozenset(
    {
        *("bedrock-runtime", "ecr.api", "events", "kinesis-firehose", "kinesis-streams", "lambda", "logs"),
        *("secretsmanager", "sns", "sqs", "ssm", "states"),
    }
)
"""Services in which data can be left behind, and whose endpoints take a policy, as
https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html tells. For the rest AWS's own
stays, which lets everything through."""
_READ = ["s3:GetBucketLocation", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"]


def service_name(region: str, service: str) -> str:
    """Return the name under which AWS offers the endpoint of a service."""
    return f"com.amazonaws.{region}.{service}"


def gateway_policy(service: str, accounts: Sequence[str]) -> dict[str, Any]:
    """Return the policy of a gateway endpoint.

    Objects may be read from any bucket: image layers, packages and models are in buckets of AWS and of others.

    Args:
        service: one of `GATEWAYS`.
        accounts: the accounts whose identities may do the rest, with those accounts' own resources.
    """
    own = _statement(
        "OwnIdentitiesOnOwnResources",
        "*",
        {"StringEquals": {"aws:PrincipalAccount": list(accounts), "aws:ResourceAccount": list(accounts)}},
    )
    return _document([_statement("AnybodyReads", _READ), own] if service == "s3" else [own])


def interface_policy(service: str, accounts: Sequence[str]) -> dict[str, Any] | None:
    """Return the policy of an interface endpoint; none where AWS's own, which lets everything through, stays."""
    if service not in _CARRIERS:
        return None
    condition = {"StringEquals": {"aws:PrincipalAccount": list(accounts)}}
    return _document([_statement("OwnIdentities", "*", condition)])


def _statement(sid: str, action: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
