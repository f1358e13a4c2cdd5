"""Who may touch a secret at all, as a plain policy."""

from typing import Any


def own_account(account_id: str) -> dict[str, Any]:
    """Return the policy of a secret: nobody outside of its account, whatever is allowed elsewhere.

    It grants nothing: who reads the secret follows from roles. Secrets Manager itself rotates it for the account.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
    """
    outside = {
        "StringNotEquals": {"aws:PrincipalAccount": account_id},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    statement = {
        "Sid": "NobodyFromOutside",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:*",
        "Resource": "*",
        "Condition": outside,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
