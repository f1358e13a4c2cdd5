"""Roles of agents as plain data: which agents share one, its name, its trust, its policy."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from components.config.uses import Use
from components.identity.grants import Statement
from components.identity.where import Where
from components.naming import content_hash

LONGEST_POLICY = 10_240
"""Characters of all policies that are written into one role, without white space:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
_LONGEST_ROLE_NAME = 64
_LONGEST_ARN = 150
"""What is reckoned for an ARN that only creation tells; those of keys and database users are shorter."""


def profile(uses: Iterable[Use]) -> tuple[str, ...]:
    """Return what agents have to use alike to share a role; how they call it does not matter."""
    described = (use.model_dump(mode="json", exclude_none=True, exclude={"as_", "environments"}) for use in uses)
    return tuple(sorted({json.dumps(each, sort_keys=True) for each in described}))


def short(profile_: Sequence[str]) -> str:
    """Return a profile's name: it follows from what is used."""
    return content_hash({"uses": list(profile_)})


def role_name(where: Where, team: str, profile_: Sequence[str]) -> str:
    """Return the name of the role of a team's agents with a profile.

    Roles are the whole account's: cluster, region and profile are in the digits at its end, whatever is cut off.
    """
    whole = {"cluster": where.cluster, "region": where.region, "team": team, "uses": list(profile_)}
    digits = f"-{content_hash(whole)}"
    return f"{where.cluster}-{team}"[: _LONGEST_ROLE_NAME - len(digits)].rstrip("-") + digits


def trust(where: Where, team: str) -> dict[str, Any]:
    """Return the trust of such a role: pods in the team's namespace in this cluster, by Pod Identity.

    Which of them take it say the associations. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": where.account_id, "aws:RequestTag/kubernetes-namespace": team},
        "ArnEquals": {"aws:SourceArn": where.cluster_arn},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy(statements: Iterable[Statement]) -> dict[str, Any]:
    """Return the policy of some statements; those that differ by their resources alone become one."""
    joined: dict[str, Statement] = {}
    for statement in statements:
        rest = {key: value for key, value in statement.items() if key != "Resource"}
        same = joined.setdefault(json.dumps(rest, sort_keys=True), {**rest, "Resource": []})
        same["Resource"] += [each for each in statement["Resource"] if not _is_among(each, same["Resource"])]
    return {"Version": "2012-10-17", "Statement": list(joined.values())}


def size(document: dict[str, Any]) -> int:
    """Return how much of `LONGEST_POLICY` a policy takes; at most, where ARNs are not known yet."""
    return len(json.dumps(document, separators=(",", ":"), default=lambda _: "x" * _LONGEST_ARN))


def _is_among(wanted: Any, found: Iterable[Any]) -> bool:
    """Whether a value is in a list. Of an output only itself can be asked: it may not be known yet."""
    return any(each is wanted or (isinstance(each, str) and each == wanted) for each in found)
