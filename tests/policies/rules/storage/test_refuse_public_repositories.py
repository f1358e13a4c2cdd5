"""ecr-not-public: nobody but named accounts and roles pulls images."""

import json
from typing import Any

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import Json, refused, resource, unjudged

RULE = "ecr-not-public"
POLICIES = {
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
}
OWN = "aws:ecr/repositoryPolicy:RepositoryPolicy"
ACCOUNT: Json = {"AWS": "arn:aws:iam::111122223333:root"}


def policy(principal: Any = ACCOUNT, **fields: Any) -> Json:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage", **fields}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_public_repository_is_refused() -> None:
    (message,) = refused(RULE, resource({"repositoryName": "web"}, "aws:ecrpublic/repository:Repository"))
    assert "the whole world pulls from. Fix: use an aws.ecr.Repository" in message


@pytest.mark.parametrize("token", POLICIES)
@pytest.mark.parametrize("everyone", ["*", {"AWS": "*"}, {"AWS": ["111122223333", "*"]}, {"AWS": "**"}])
@pytest.mark.parametrize("form", [json.dumps, lambda document: document])
def test_a_policy_that_names_everyone_is_refused_in_every_form(token: str, everyone: Any, form: Any) -> None:
    (message,) = refused(RULE, resource({POLICIES[token]: form(policy(everyone))}, token))
    assert token in message
    assert "Principal" in message
    assert "which is anybody. Fix: name the accounts or roles" in message


@pytest.mark.parametrize("token", POLICIES)
@pytest.mark.parametrize("form", [json.dumps, lambda document: document])
def test_a_policy_that_names_accounts_or_denies_passes(token: str, form: Any) -> None:
    assert refused(RULE, resource({POLICIES[token]: form(policy())}, token)) == []
    assert refused(RULE, resource({POLICIES[token]: form(policy("*", Effect="Deny"))}, token)) == []


@pytest.mark.parametrize("token", POLICIES)
def test_everyone_of_the_organization_may_pull(token: str) -> None:
    def judged(condition: object) -> Any:
        return resource({POLICIES[token]: policy("*", Condition=condition)}, token)

    assert refused(RULE, judged({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})) == []
    assert len(refused(RULE, judged({"StringLike": {"aws:PrincipalOrgID": "*"}}))) == 1
    assert len(refused(RULE, judged({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}))) == 1
    assert len(unjudged(RULE, judged({"StringEquals": {"aws:PrincipalOrgID": UNKNOWN}}))) == 1


def test_a_policy_without_a_principal_is_refused() -> None:
    assert "Principal is not set" in refused(RULE, resource({"policy": policy(None)}, OWN))[0]


def test_a_template_without_a_policy_passes() -> None:
    assert refused(RULE, resource({}, "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate")) == []


def test_a_policy_for_everyone_but_a_few_is_refused() -> None:
    judged = resource({"policy": policy(None, NotPrincipal=ACCOUNT)}, OWN)
    assert "NotPrincipal allows everybody but those" in refused(RULE, judged)[0]


@pytest.mark.parametrize("document", [UNKNOWN, policy(UNKNOWN), policy({"AWS": UNKNOWN}), policy({"AWS": [UNKNOWN]})])
def test_an_unknown_policy_is_not_judged(document: Any) -> None:
    assert len(unjudged(RULE, resource({"policy": document}, OWN))) == 1
    assert refused(RULE, resource({"policy": document}, OWN)) == []


@pytest.mark.parametrize("document", ["no json", 7, {"Statement": "all"}, policy(7), policy({"AWS": 7})])
def test_a_policy_that_can_not_be_read_is_refused(document: Any) -> None:
    assert len(refused(RULE, resource({"policy": document}, OWN))) >= 1


def test_a_secret_policy_is_not_shown() -> None:
    judged = resource({"policy": Secret(json.dumps(policy("***")))}, OWN)
    (message,) = refused(RULE, judged)
    assert "a secret value" in message
