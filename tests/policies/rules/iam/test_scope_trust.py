"""iam-trust-scoped."""

import json
from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import refused, resource, unjudged

RULE = "iam-trust-scoped"
ROLE = "aws:iam/role:Role"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
EKS = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"}
GITHUB_ISSUER = "token.actions.githubusercontent.com"
GITHUB = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB_ISSUER}"}
AUD = {f"{ISSUER}:aud": "sts.amazonaws.com"}
SUB = {f"{ISSUER}:sub": "system:serviceaccount:storefront:web"}
GITHUB_AUD = {f"{GITHUB_ISSUER}:aud": "sts.amazonaws.com"}
OTHER = "arn:aws:iam::999999999999:role/partner"


def role(principal: object, condition: object = None, **more: Any) -> Resource:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, "Condition": condition, **more}
    return resource({"assumeRolePolicy": {"Statement": [statement]}}, ROLE)


@pytest.mark.parametrize("service", ["pods.eks.amazonaws.com", "ec2.amazonaws.com", "ec2.amazonaws.com.cn"])
def test_a_service_of_aws_is_trusted_by_name(service: str) -> None:
    assert refused(RULE, role({"Service": service})) == []
    document = {"Statement": {"Effect": "Allow", "Principal": {"Service": [service]}}}
    assert refused(RULE, resource({"assumeRolePolicy": json.dumps(document)}, ROLE)) == []


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": ["arn:aws:iam::*:root"]},
        {"AWS": "arn:aws:iam::12345678901?:role/x"},
        {"Service": "*"},
        {"Federated": "*"},
        {"Service": "*.amazonaws.com"},
    ],
)
def test_anybody_is_refused_whatever_the_condition(principal: object) -> None:
    (message,) = refused(RULE, role(principal, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))
    assert "which is anybody" in message
    assert "assumeRolePolicy: Statement[0].Principal" in message


@pytest.mark.parametrize(
    "principal",
    [{"Service": "example.com"}, {"Service": "x.amazonaws.com.evil.io"}, {"CanonicalUser": "a"}, {"Nobody": "b"}],
)
def test_what_is_no_identity_of_aws_is_refused(principal: object) -> None:
    assert "no AWS service or identity" in refused(RULE, role(principal))[0]


def test_a_trust_must_name_somebody() -> None:
    assert "assumeRolePolicy is not set" in refused(RULE, resource({}, ROLE))[0]
    assert "Principal is not set" in refused(RULE, role(None))[0]
    assert "trusts everybody but" in refused(RULE, role(None, NotPrincipal={"AWS": "1"}))[0]
    assert len(refused(RULE, role({"Service": "ec2.amazonaws.com"}, NotPrincipal=UNKNOWN))) == 1
    assert len(refused(RULE, role(None, NotPrincipal={"AWS": "1"}))) == 1


def test_a_denial_may_name_everybody() -> None:
    assert refused(RULE, role("*", Effect="Deny")) == []


@pytest.mark.parametrize("principal", [OTHER, "999999999999", "arn:aws:iam::999999999999:root", "AROAEXAMPLE"])
@pytest.mark.parametrize("key", ["sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"])
def test_another_account_gives_an_id_or_belongs_to_the_organization(principal: str, key: str) -> None:
    (message,) = refused(RULE, role({"AWS": principal}))
    assert "of another account" in message
    assert "sts:ExternalId" in message
    assert refused(RULE, role({"AWS": principal}, {"StringEquals": {key: "o-1"}})) == []
    assert len(refused(RULE, role({"AWS": principal}, {"StringLike": {key: "o-*"}}))) == 1
    assert len(refused(RULE, role({"AWS": principal}, {"StringEquals": {"aws:PrincipalArn": OTHER}}))) == 1


def test_a_role_of_an_own_account_is_trusted_by_name() -> None:
    assert refused(RULE, role({"AWS": OTHER}), accounts=["999999999999"]) == []
    assert len(refused(RULE, role({"AWS": OTHER}), accounts=["999999999998"])) == 1
    session = "arn:aws:sts::999999999999:assumed-role/a/b"
    assert refused(RULE, role({"AWS": session}), accounts=["999999999999"]) == []


@pytest.mark.parametrize("principal", ["999999999999", "arn:aws:iam::999999999999:root"])
def test_a_whole_own_account_is_trusted_on_a_condition(principal: str) -> None:
    own = ["999999999999"]
    assert "every identity of the account" in refused(RULE, role({"AWS": principal}), accounts=own)[0]
    for key in ("sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalTag/team"):
        assert refused(RULE, role({"AWS": principal}, {"StringEquals": {key: "x"}}), accounts=own) == []
    condition = {"ArnLike": {"aws:PrincipalArn": OTHER}}
    assert refused(RULE, role({"AWS": principal}, condition), accounts=own) == []


def test_a_service_account_is_bound_by_subject_and_audience() -> None:
    assert refused(RULE, role(EKS, {"StringEquals": {**AUD, **SUB}})) == []
    assert f'StringEquals on "{ISSUER.lower()}:sub"' in refused(RULE, role(EKS, {"StringEquals": AUD}))[0]
    assert f'StringEquals on "{ISSUER.lower()}:aud"' in refused(RULE, role(EKS, {"StringEquals": SUB}))[0]
    assert len(refused(RULE, role(EKS))) == 2


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {**AUD, **SUB}},
        {"StringEquals": {**AUD, f"{ISSUER}:sub": "system:serviceaccount:*:web"}, "StringLike": AUD},
        {"ForAllValues:StringEquals": SUB, "StringEquals": AUD},
        {"StringEqualsIfExists": SUB, "StringEquals": AUD},
        {"StringEquals": {**AUD, "oidc.eks.eu-west-1.amazonaws.com/id/OTHER:sub": "system:serviceaccount:a:b"}},
    ],
)
def test_a_service_account_is_bound_exactly(condition: object) -> None:
    assert refused(RULE, role(EKS, condition)) != []


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike"])
@pytest.mark.parametrize("subject", ["repo:acme/agents:*", "repo:acme/agents:ref:refs/heads/main", ["repo:a/b:c"]])
def test_github_is_bound_to_a_repository(operator: str, subject: object) -> None:
    sub = {f"{GITHUB_ISSUER}:sub": subject}
    aud = {"StringEquals": GITHUB_AUD}
    condition = {**aud, operator: {**GITHUB_AUD, **sub} if operator == "StringEquals" else sub}
    assert refused(RULE, role(GITHUB, condition)) == []


@pytest.mark.parametrize(
    "subject",
    [
        "*",
        "repo:*",
        "repo:acme/*",
        "repo:acme/*:main",
        "repo:*/agents:x",
        "repo:acme/agents",
        "repo:acme/agents:",
        "acme/agents:x",
        ["repo:a/b:c", "repo:a/*"],
        "repo:a?/b:c",
        "xrepo:a/b:c",
    ],
)
def test_github_without_a_repository_is_refused(subject: object) -> None:
    condition = {"StringEquals": GITHUB_AUD, "StringLike": {f"{GITHUB_ISSUER}:sub": subject}}
    (message,) = refused(RULE, role(GITHUB, condition))
    assert "bound to no repository" in message


def test_github_is_bound_by_audience_too_and_by_its_own_key() -> None:
    sub = {f"{GITHUB_ISSUER}:sub": "repo:acme/agents:*"}
    assert len(refused(RULE, role(GITHUB, {"StringLike": sub}))) == 1
    condition = {"StringEquals": {**GITHUB_AUD, "other:sub": "repo:acme/agents:*"}}
    assert len(refused(RULE, role(GITHUB, condition))) == 1
    if_absent = {"StringEquals": GITHUB_AUD, "StringNotLike": sub}
    assert len(refused(RULE, role(GITHUB, if_absent))) == 1


def test_saml_is_bound_by_audience() -> None:
    saml = {"Federated": "arn:aws:iam::123456789012:saml-provider/sso"}
    assert refused(RULE, role(saml, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}})) == []
    assert "SAML:aud" in refused(RULE, role(saml))[0]


@pytest.mark.parametrize(
    ("issuer", "audience", "subject"),
    [
        ("accounts.google.com", "aud", "sub"),
        ("Accounts.Google.com", "aud", "sub"),
        ("login.example.com", "aud", "sub"),
        ("www.amazon.com", "app_id", "user_id"),
        ("graph.facebook.com", "app_id", "id"),
    ],
)
def test_every_web_identity_is_bound_by_audience_and_subject(issuer: str, audience: str, subject: str) -> None:
    web = {"Federated": issuer}
    aud, sub = {f"{issuer}:{audience}": "agents"}, {f"{issuer}:{subject}": "1234"}
    assert refused(RULE, role(web, {"StringEquals": {**aud, **sub}})) == []
    assert f':{subject}"' in refused(RULE, role(web, {"StringEquals": aud}))[0]
    assert f':{audience}"' in refused(RULE, role(web, {"StringEquals": sub}))[0]
    assert len(refused(RULE, role(web, {"StringEquals": aud, "StringLike": sub}))) == 1
    assert len(refused(RULE, role(web))) == 2


COGNITO = "cognito-identity.amazonaws.com"
POOL = {f"{COGNITO}:aud": "eu-west-1:11111111-2222-3333-4444-555555555555"}
SIGNED_IN = {f"{COGNITO}:amr": "authenticated"}


@pytest.mark.parametrize("operator", ["ForAnyValue:StringLike", "ForAnyValue:StringEquals", "StringEquals"])
def test_cognito_is_bound_to_the_users_of_a_pool_who_are_signed_in(operator: str) -> None:
    def judged(amr: object) -> Resource:
        signed_in = {f"{COGNITO}:amr": amr}
        conditions = {
            "StringEquals": POOL,
            operator: {**POOL, **signed_in} if operator == "StringEquals" else signed_in,
        }
        return role({"Federated": COGNITO}, conditions)

    assert refused(RULE, judged("authenticated")) == []
    for other in ("unauthenticated", ["authenticated", "unauthenticated"], "auth*", "*"):
        (message,) = refused(RULE, judged(other))
        assert "anybody who is not signed in" in message
        assert f"{COGNITO}:amr to authenticated" in message


@pytest.mark.parametrize("pool", [None, "*", "eu-west-1:*", ["eu-west-1:1", "eu-west-1:2"]])
def test_cognito_is_bound_to_one_pool(pool: object) -> None:
    conditions = {"StringEquals": {**SIGNED_IN, **({f"{COGNITO}:aud": pool} if pool else {})}}
    (message,) = refused(RULE, role({"Federated": COGNITO}, conditions))
    assert f'StringEquals on "{COGNITO}:aud"' in message


def test_cognito_is_bound_by_both() -> None:
    assert len(refused(RULE, role({"Federated": COGNITO}))) == 2
    user = {f"{COGNITO}:sub": "eu-west-1:1234"}
    assert len(refused(RULE, role({"Federated": COGNITO}, {"StringEquals": {**POOL, **user}}))) == 1
    like = {"StringLike": {**POOL, **SIGNED_IN}}
    assert len(refused(RULE, role({"Federated": COGNITO}, like))) == 1
    other = role({"Federated": COGNITO}, {"StringEquals": {**POOL, "accounts.google.com:amr": "authenticated"}})
    assert len(refused(RULE, other)) == 1


def test_an_unknown_pool_is_not_judged() -> None:
    judged = role({"Federated": COGNITO}, {"StringEquals": {f"{COGNITO}:aud": UNKNOWN, **SIGNED_IN}})
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(
    "judged",
    [
        role(UNKNOWN),
        role({"AWS": [UNKNOWN]}),
        role({"Federated": UNKNOWN}),
        role({"AWS": OTHER}, UNKNOWN),
        role({"AWS": OTHER}, {"StringEquals": {"sts:ExternalId": UNKNOWN}}),
        role(EKS, {"StringEquals": {**AUD, f"{ISSUER}:sub": UNKNOWN}}),
        role(GITHUB, {"StringEquals": {**GITHUB_AUD, f"{GITHUB_ISSUER}:sub": UNKNOWN}}),
        resource({"assumeRolePolicy": UNKNOWN}, ROLE),
    ],
)
def test_unknown_parts_are_not_judged(judged: Resource) -> None:
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("judged", [role(7), role({"AWS": 7}), role(["*"]), resource({"assumeRolePolicy": "x"}, ROLE)])
def test_parts_of_the_wrong_type_are_refused(judged: Resource) -> None:
    assert len(refused(RULE, judged)) == 1


def test_a_name_of_the_wrong_type_is_said_to_be_no_string() -> None:
    assert "where a string belongs" in refused(RULE, role({"AWS": 7}))[0]


def test_a_secret_trust_is_judged_and_not_shown() -> None:
    document = {"Statement": {"Effect": "Allow", "Principal": {"AWS": OTHER, **EKS}}}
    found = refused(RULE, resource({"assumeRolePolicy": Secret(document)}, ROLE))
    assert len(found) == 3
    assert not any("99999" in each or "abc" in each.lower() for each in found)
