"""Who takes the pipeline's roles: jobs of one origin, and nobody else on GitHub."""

import pytest

from components.bootstrap.names import Names
from components.bootstrap.trust import trust
from components.config.bootstrap import GitHub
from tests.components.bootstrap.iam import allows
from tests.components.bootstrap.making import github

NAMES = Names("agent-platform", "123456789012", "eu-central-1")
ISSUER = "token.actions.githubusercontent.com"
BRANCH = {"kind": "branch", "name": "main"}
NUMBERED = {"ownerId": 1234, "repositoryId": 5678}
STRANGERS = (
    "repo:example/agent-platform:pull_request",
    "repo:stranger/agent-platform:environment:prod",
    "repo:stranger/agent-platform:pull_request",
    "repo:stranger/agent-platform:ref:refs/heads/main",
    "repo:example/other:environment:prod",
    "repo:example/other:ref:refs/heads/main",
    "repo:example/agent-platform-fork:environment:prod",
    "repo:example/agent-platform:environment:production",
    "repo:example/agent-platform:environment:PROD",
    "repo:example/agent-platform:ref:refs/heads/main-2",
    "repo:example/agent-platform:ref:refs/tags/main",
    "repo:example@1234/agent-platform@5678:pull_request",
    "repo:example@4321/agent-platform@5678:environment:prod",
    "repo:example/agent-platform",
    "",
)


def lets_in(repository: GitHub, role: str, subject: str, audience: str = "sts.amazonaws.com") -> bool:
    """Whether a role lets in a job with this subject."""
    document = trust(NAMES, repository, repository.up if role == "up" else repository.preview)
    context = {f"{ISSUER}:sub": subject, f"{ISSUER}:aud": audience}
    return allows(document, "sts:AssumeRoleWithWebIdentity", NAMES.role_arn(role), context)


def repository(**changes: object) -> GitHub:
    return GitHub.model_validate(github(**changes))


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({}, "repo:example/agent-platform:environment:prod"),
        ({"up": BRANCH}, "repo:example/agent-platform:ref:refs/heads/main"),
        (NUMBERED, "repo:example@1234/agent-platform@5678:environment:prod"),
        ({"up": BRANCH, **NUMBERED}, "repo:example@1234/agent-platform@5678:ref:refs/heads/main"),
    ],
)
def test_the_jobs_of_the_origin_are_let_in(changes: dict[str, object], subject: str) -> None:
    assert lets_in(repository(**changes), "up", subject)


@pytest.mark.parametrize("subject", STRANGERS)
@pytest.mark.parametrize("changes", [{}, {"up": BRANCH}, NUMBERED], ids=["environment", "branch", "numbered"])
@pytest.mark.parametrize("role", ["up", "preview"])
def test_nobody_else_is(role: str, changes: dict[str, object], subject: str) -> None:
    assert not lets_in(repository(**changes), role, subject)


def test_up_and_preview_do_not_let_each_other_in() -> None:
    assert not lets_in(repository(), "up", "repo:example/agent-platform:environment:prod-preview")
    assert not lets_in(repository(), "preview", "repo:example/agent-platform:environment:prod")


def test_a_token_for_somebody_else_than_aws_is_refused() -> None:
    assert not lets_in(repository(), "up", "repo:example/agent-platform:environment:prod", "https://github.com/example")


def test_with_numbers_whoever_takes_the_name_over_is_a_stranger() -> None:
    assert not lets_in(repository(**NUMBERED), "up", "repo:example/agent-platform:environment:prod")


def test_a_token_without_a_subject_is_refused() -> None:
    document = trust(NAMES, repository(), repository().up)
    assert not allows(document, "sts:AssumeRoleWithWebIdentity", "*", {f"{ISSUER}:aud": "sts.amazonaws.com"})


def test_trust_is_in_the_accounts_own_provider() -> None:
    (statement,) = trust(NAMES, repository(), repository().up)["Statement"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"}
