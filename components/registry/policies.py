"""Who may do what with images, as plain policy documents.

Nothing here looks into ARNs that only a run knows.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
"""

from collections.abc import Iterator, Sequence
from typing import Any

from components.registry.names import Names

_PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
_PUSH = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]


def repository(account_id: str, others: Sequence[str], organization: str | None, pusher: str) -> dict[str, Any]:
    """Return a repository's policy: who pulls, and that one role alone pushes.

    In the registry's own account a role's permissions are enough to push, unless a statement here denies it.

    Args:
        account_id: the registry's account, whose roles pull by their own permissions.
        others: other accounts that pull.
        organization: an organization whose accounts pull, if any.
        pusher: the ARN of the role that pushes.
    """
    nobody_else = {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": pusher}}}
    return _document(
        *_pulling(account_id, others, organization),
        _statement("PipelinePushes", "Allow", {"AWS": pusher}, [*_PULL, *_PUSH]),
        {**_statement("NobodyElsePushes", "Deny", "*", _PUSH), **nobody_else},
    )


def cached(account_id: str, others: Sequence[str], organization: str | None) -> dict[str, Any]:
    """Return the policy of a repository that ECR makes and fills: who pulls, as in `repository`."""
    return _document(*_pulling(account_id, others, organization))


def cache_filling(names: Names, folders: Sequence[str], role_arns: Sequence[Any]) -> dict[str, Any]:
    """Return the registry's policy: which roles may have images fetched from upstream.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html

    Args:
        names: the registry's names.
        folders: the folders of the upstreams.
        role_arns: the roles, as those of nodes; values may be outputs.
    """
    actions = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    fetch = _statement("NodesFetch", "Allow", {"AWS": list(role_arns)}, actions)
    return _document({**fetch, "Resource": [names.arns(folder) for folder in folders]})


def maker_trust() -> dict[str, Any]:
    """Return the trust of the role by which ECR makes repositories.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
    """
    return _document(_statement("EcrAssumes", "Allow", {"Service": "ecr.amazonaws.com"}, ["sts:AssumeRole"]))


def maker_permissions(names: Names, folders: Sequence[str], key_arn: Any) -> dict[str, Any]:
    """Return what that role may do: make repositories below some folders, encrypted by the registry's key.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
    """
    make = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]
    encrypt = ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"]
    return _document(
        {"Effect": "Allow", "Action": make, "Resource": [names.arns(folder) for folder in folders]},
        {"Effect": "Allow", "Action": encrypt, "Resource": key_arn},
    )


def _pulling(account_id: str, others: Sequence[str], organization: str | None) -> Iterator[dict[str, Any]]:
    accounts = [f"arn:aws:iam::{account}:root" for account in (account_id, *others)]
    yield _statement("AccountsPull", "Allow", {"AWS": accounts}, _PULL)
    if organization:
        inside = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}}}
        yield {**_statement("OrganizationPulls", "Allow", "*", _PULL), **inside}


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _statement(sid: str, effect: str, principal: Any, actions: Sequence[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Principal": principal, "Action": list(actions)}
