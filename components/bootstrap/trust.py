"""Who takes the pipeline's roles: jobs of one repository on GitHub, from one environment or branch each.

https://docs.github.com/en/actions/reference/security/oidc. A pull request's subject ends in `pull_request`, or in the
environment that its job names; one from a fork can get no token at all, unless a workflow runs a fork's code on
`pull_request_target`, which none may.
"""

from typing import Any

from components.bootstrap.documents import document
from components.bootstrap.names import GITHUB, Names
from components.config.bootstrap import FromBranch, FromEnvironment, GitHub

AUDIENCE = "sts.amazonaws.com"


def trust(names: Names, github: GitHub, origin: FromEnvironment | FromBranch) -> dict[str, Any]:
    """Return a role's trust: the one subject of the origin's jobs, without wildcards."""
    subject = f"repo:{github.name}:{origin.subject}"
    return document(
        {
            "Sid": "JobsOfOneOrigin",
            "Effect": "Allow",
            "Principal": {"Federated": names.provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": subject}},
        }
    )
