"""IAM documents: patterns cover names, and conditions bind, as IAM has it."""

import pytest

from policies.findings import Unjudged
from policies.subjects.iam_documents import (
    BINDING,
    Statement,
    covers,
    firmly,
    is_every_resource,
    is_wild,
    key_in,
    unless_bound,
)
from policies.unknowns import UNKNOWN
from tests.policies.subjects.documents import ALLOW, VIOLATION, only


def conditioned(condition: object) -> Statement:
    return only({"Statement": [{**ALLOW, "Condition": condition}]})


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
        ("arn:aws:logs:::", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:s3:::**/", True),
        ("arn:aws:s3:::?*/x", False),
        ("arn:aws:logs:eu-west-1:*:*", True),
        ("arn:aws:logs:*:123456789012:*", True),
        ("arn:aws:logs:eu-west-1:123456789012:log-group:*:*", True),
        ("arn:aws:logs:eu-west-1:123456789012:log-group:agents:*", False),
        ("arn:aws:s3:::bucket/*", False),
        ("arn:aws:s3:::a/*", False),
        ("arn:aws:sqs:eu-west-1:123456789012:agents-*", False),
        ("arn:aws:dynamodb:*:123456789012:table/*", True),
        ("arn:aws:dynamodb:*:123456789012:table/agents", False),
        ("arn:aws:iam::*:role/*", True),
        ("arn:aws:iam::*:role/agents/*", False),
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
