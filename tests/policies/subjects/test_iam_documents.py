"""IAM documents: every form they arrive in is read alike, and nothing unreadable passes for read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from policies.findings import Finding, Unjudged, Violation
from policies.subjects.iam_documents import (
    BINDING,
    GRANTING,
    Statement,
    allowed,
    attached,
    covers,
    firmly,
    granted,
    is_every_resource,
    is_wild,
    key_in,
    statements,
    unless_bound,
)
from policies.subjects.typed import typed
from policies.unknowns import UNKNOWN, Field, Malformed, Opaque, Secret
from tests.policies.manifests import resource

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
VIOLATION = Violation("wrong")


def document(value: object) -> Field:
    return Field({"policy": value}, "", base=()).at("policy")


def only(value: object) -> Statement:
    (statement,) = statements(document(value))
    return statement


def conditioned(condition: object) -> Statement:
    return only({"Statement": [{**ALLOW, "Condition": condition}]})


@pytest.mark.parametrize(
    "value",
    [
        {"Statement": ALLOW},
        {"Statement": [ALLOW]},
        {"statement": [{key.upper(): value for key, value in ALLOW.items()}]},
        {"Statement": [{**ALLOW, "Action": ["s3:GetObject"], "Resource": ["*"]}]},
        Secret({"Statement": Secret([Secret(ALLOW)])}),
        json.dumps({"Version": "2012-10-17", "Statement": ALLOW}),
        "\n " + json.dumps({"Statement": [{key.lower(): value for key, value in ALLOW.items()}]}),
    ],
)
def test_every_form_of_a_document_is_read_alike(value: object) -> None:
    statement = only(value)
    assert statement.at("Effect").value == "Allow"
    assert [each.value for each in statement.values("Action")] == ["s3:GetObject"]
    assert [each.value for each in statement.values("Resource")] == ["*"]
    assert statement.values("NotAction") == ()


@pytest.mark.parametrize("wrap", [json.dumps, lambda value: value])
def test_a_place_is_named_below_the_property(wrap: Any) -> None:
    one, two = statements(document(wrap({"Statement": [ALLOW, {"Action": ["a:b", "c:d"]}]})))
    assert one.at("Effect").owner == "policy"
    assert one.at("Effect").path == "Statement[0].Effect"
    assert [each.path for each in two.values("Action")] == ["Statement[1].Action[0]", "Statement[1].Action[1]"]


def test_a_document_in_a_text_or_object_can_not_be_edited() -> None:
    assert only({"Statement": [ALLOW]}).at("Effect").edit("Deny") == ()
    assert only(json.dumps({"Statement": [ALLOW]})).at("Effect").edit("Deny") == ()


def test_a_secret_document_stays_secret() -> None:
    for value in (Secret(json.dumps({"Statement": [ALLOW]})), Secret({"Statement": [ALLOW]})):
        assert only(value).at("Action").text == "a secret value"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"Statement": [], "Statement": []}', "a key twice"),
        ("[]", "a list where an object belongs"),
        ("7", "a number where an object belongs"),
        ({}, "not set where a statement belongs"),
        (7, "a number where an object belongs"),
        (Opaque(), "where an object belongs"),
        ({"Statement": "x"}, "a string where an object belongs"),
        ({"Statement": [None]}, "null where a value belongs"),
        ({"Statement": [7]}, "a number where an object belongs"),
        ({"Statement": [{"Action": "a:b", "action": "c:d"}]}, "an object with Action twice"),
        ({"Statement": [], "statement": []}, "an object with Statement twice"),
        ({"Statement": [{"Action": "a:b"}]}, "Effect is not set"),
        ({"Statement": [{**ALLOW, "Effect": "allow"}]}, 'Effect is "allow"'),
        ({"Statement": [{**ALLOW, "Effect": 7}]}, "Effect is a number"),
    ],
)
def test_what_can_not_be_a_policy_is_a_violation(value: object, said: str) -> None:
    (found,) = allowed(document(value), lambda _: [], "write a policy")
    assert isinstance(found, Violation)
    assert said in found.text
    assert "policy" in found.text
    assert "Fix: " in found.text


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (UNKNOWN, "policy: Statement"),
        ({"Statement": UNKNOWN}, "policy: Statement"),
        ({"Statement": [UNKNOWN]}, "policy: Statement[0]"),
        ({"Statement": [{**ALLOW, "Effect": UNKNOWN}]}, "policy: Statement[0].Effect"),
    ],
)
def test_what_is_unknown_is_not_judged(value: object, place: str) -> None:
    assert list(allowed(document(value), lambda _: [VIOLATION], "")) == [Unjudged(place)]


def test_an_unknown_effect_of_a_harmless_statement_is_no_finding() -> None:
    assert list(allowed(document({"Statement": [{**ALLOW, "Effect": UNKNOWN}]}), lambda _: [], "")) == []


def test_a_document_that_is_not_there_has_no_statement() -> None:
    assert list(statements(document(None))) == []
    assert list(allowed(document(None), lambda _: [VIOLATION], "")) == []


def test_only_statements_that_allow_are_judged_and_each_of_them() -> None:
    judged: list[object] = []

    def judge(statement: Statement) -> Iterator[Finding]:
        judged.append(statement.at("Sid").value)
        yield VIOLATION

    listed = [{**ALLOW, "Sid": "a"}, {**ALLOW, "Sid": "b", "Effect": "Deny"}, {**ALLOW, "Sid": "c"}]
    assert list(allowed(document({"Statement": listed}), judge, "")) == [VIOLATION, VIOLATION]
    assert judged == ["a", "c"]


def test_unclear_elements_are_told_one_by_one() -> None:
    statement = only({"Statement": {"Action": [UNKNOWN, 7, "a:b", None], "Resource": UNKNOWN}})
    found = list(statement.unclear("Action", "Resource", "NotAction"))
    assert found[0] == Unjudged("policy: Statement.Action[0]")
    assert [type(each) for each in found] == [Unjudged, Violation, Violation, Unjudged]
    assert [type(each) for each in only({"Statement": {"Action": {"a": 1}}}).unclear("Action")] == [Violation]


@pytest.mark.parametrize(
    ("principal", "kinds"),
    [
        ("*", [("AWS", "*")]),
        ({"AWS": "1"}, [("AWS", "1")]),
        ({"AWS": ["1", "2"], "Service": "s"}, [("AWS", "1"), ("AWS", "2"), ("Service", "s")]),
        ({"AWS": UNKNOWN}, [("AWS", UNKNOWN)]),
        (UNKNOWN, [("", UNKNOWN)]),
        (None, []),
    ],
)
def test_principals_are_read_in_every_form(principal: object, kinds: list[tuple[str, object]]) -> None:
    statement = only({"Statement": {"Principal": principal}})
    assert [(each.kind, each.name.value) for each in statement.principals()] == kinds


@pytest.mark.parametrize("principal", [["*"], 7])
def test_a_principal_of_the_wrong_type_is_malformed(principal: object) -> None:
    ((kind, name),) = only({"Statement": {"Principal": principal}}).principals()
    assert kind == ""
    assert isinstance(name.value, Malformed)


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("*", "iam:PassRole", True),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a", "", False),
        ("?", "", False),
        ("a?", "a", False),
        ("iam:PassRole", "iam:PassRole", True),
        ("IAM:passrole", "iam:PassRole", True),
        ("iam:Pass*", "iam:PassRole", True),
        ("iam:Pass*", "iam:Pass", True),
        ("i*:*", "iam:PassRole", True),
        ("i*:*Role", "iam:PassRole", True),
        ("*:*Role", "iam:PassRoles", False),
        ("iam:P?ssRole", "iam:PassRole", True),
        ("iam:PassRole?", "iam:PassRole", False),
        ("iam:PassRole**", "iam:PassRole", True),
        ("iam:Pass*x*", "iam:PassRole", False),
        ("s3:*", "iam:PassRole", False),
        ("iam:[P]assRole", "iam:PassRole", False),
        ("*a*b", "aabab", True),
        ("*ab?", "xabyabz", True),
        ("a*a", "a", False),
    ],
)
def test_patterns_cover_names_as_iam_has_it(pattern: str, name: str, covered: bool) -> None:
    assert covers(pattern, name) is covered


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not covers("*a" * 200 + "b", "a" * 400)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("*", True),
        ("**", True),
        ("?*", True),
        ("arn:*", True),
        ("arn:aws:*", True),
        ("arn:aws:*:*:*:*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:logs:*:*:*", True),
        ("arn:aws:logs:eu-west-1:*:*", False),
        ("arn:aws:logs:*:123456789012:*", False),
        ("arn:aws:s3:::bucket/*", False),
        ("arn:aws:iam::*:role/*", False),
        ("arn:aws:s3", False),
        ("", False),
    ],
)
def test_a_resource_is_every_resource_under_any_name(text: str, every: bool) -> None:
    assert is_every_resource(text) is every


def test_a_text_is_wild_if_nothing_else_is_in_it() -> None:
    assert [is_wild(text) for text in ("", "*", "?*", "a*", "x")] == [True, True, True, False, False]


@pytest.mark.parametrize("operator", [*sorted(BINDING), "StringEquals", "ForAnyValue:StringLike"])
def test_a_condition_with_a_binding_operator_excuses(operator: str) -> None:
    statement = conditioned({operator: {"AWS:PrincipalOrgID": "o-1"}})
    assert list(unless_bound(statement, key_in("aws:principalorgid"), VIOLATION)) == []


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {},
        7,
        {"StringEquals": 7},
        {"StringEquals": {"aws:PrincipalOrgID": []}},
        {"StringEquals": {"aws:PrincipalOrgID": ["o-1", 7]}},
        {"StringEquals": {"aws:PrincipalOrgID": ["o-1", None]}},
        {"StringLike": {"aws:PrincipalOrgID": "*"}},
        {"StringLike": {"aws:PrincipalOrgID": ["o-1", "*"]}},
        {"StringEquals": {"aws:SourceIp": "o-1"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"StringEquals": {"aws:SourceIp": UNKNOWN}},
        {"StringEquals": {"aws:PrincipalOrgID": ["*", UNKNOWN]}},
    ],
)
def test_a_condition_that_does_not_bind_excuses_nothing(condition: object) -> None:
    assert list(unless_bound(conditioned(condition), key_in("aws:principalorgid"), VIOLATION)) == [VIOLATION]


@pytest.mark.parametrize(
    "condition",
    [
        UNKNOWN,
        {"StringEquals": UNKNOWN},
        {"StringEquals": {"aws:PrincipalOrgID": UNKNOWN}},
        {"StringEquals": {"aws:PrincipalOrgID": ["o-1", UNKNOWN]}},
    ],
)
def test_an_unknown_condition_can_not_be_judged(condition: object) -> None:
    found = list(unless_bound(conditioned(condition), key_in("aws:principalorgid"), VIOLATION))
    assert found == [Unjudged("policy: Statement[0].Condition")]


def test_one_binding_condition_is_enough_and_the_operators_can_be_narrowed() -> None:
    statement = conditioned({"StringLike": {"a": "x", "b": UNKNOWN}})
    assert list(unless_bound(statement, key_in("a", "b"), VIOLATION)) == []
    assert list(unless_bound(statement, key_in("a"), VIOLATION, frozenset({"stringequals"}))) == [VIOLATION]


def test_a_key_that_ends_in_a_slash_stands_for_all_below_it() -> None:
    assert key_in("resourcetag/")("aws:resourcetag/team", ())
    assert not key_in("resourcetag")("aws:resourcetag/team", ())
    assert not key_in("resourcetag/")("aws:resource", ())


@pytest.mark.parametrize(
    ("value", "firm"),
    [
        ("o-1", True),
        ("o-*", False),
        ("o-?", False),
        ("o-1/r-1/*", True),
        ("123456789012", True),
        ("arn:aws:iam::123456789012:role/*", True),
        ("arn:aws:iam::*:role/a", False),
        ("arn:aws:iam::12345678901?:role/a", False),
        ("arn:aws:iam::*:role/a/b", False),
    ],
)
def test_a_firm_value_names_an_account_or_an_organization(value: str, firm: bool) -> None:
    assert firmly("k")("k", ["o-1", value]) is firm
    assert not firmly("k")("other", [value])


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("aws:iam/policy:Policy", {"policy": "P"}),
        ("aws:iam/rolePolicy:RolePolicy", {"policy": "P"}),
        ("aws:iam/groupPolicy:GroupPolicy", {"policy": "P"}),
        ("aws:iam/userPolicy:UserPolicy", {"policy": "P"}),
        ("aws:iam/role:Role", {"inlinePolicies": [{"policy": "P"}], "assumeRolePolicy": "T"}),
        ("aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", {"inlinePolicy": "P"}),
    ],
)
def test_documents_that_grant_are_found_in_every_resource(kind: str, properties: dict[str, object]) -> None:
    assert [each.value for each in granted(typed(resource(properties, kind)))] == ["P"]
    assert kind in GRANTING


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("aws:iam/role:Role", {"managedPolicyArns": ["A"]}),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"policyArn": "A"}),
        ("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", {"policyArns": ["A"]}),
        ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", {"policyArn": "A"}),
        ("aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive", {"policyArns": ["A"]}),
        ("aws:iam/userPolicyAttachment:UserPolicyAttachment", {"policyArn": "A"}),
        ("aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive", {"policyArns": ["A"]}),
        ("aws:iam/policyAttachment:PolicyAttachment", {"policyArn": "A"}),
        ("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", {"managedPolicyArn": "A"}),
        (
            "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive",
            {"managedPolicyArns": ["A"]},
        ),
    ],
)
def test_attached_policies_are_found_in_every_resource(kind: str, properties: dict[str, object]) -> None:
    assert [each.value for each in attached(typed(resource(properties, kind)))] == ["A"]
    assert kind in GRANTING


def test_other_resources_grant_nothing() -> None:
    other = typed(resource({"policy": "P", "policyArn": "A"}, "aws:kms/key:Key"))
    assert [*granted(other), *attached(other)] == []
