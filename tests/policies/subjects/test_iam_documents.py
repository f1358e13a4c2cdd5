"""IAM documents: every form they arrive in is read alike, and nothing unreadable passes for read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from policies.findings import Finding, Unjudged, Violation
from policies.subjects.iam_documents import (
    GRANTING,
    Statement,
    allowed,
    attached,
    granted,
    statements,
)
from policies.subjects.typed import typed
from policies.unknowns import UNKNOWN, Malformed, Opaque, Secret
from tests.policies.manifests import resource
from tests.policies.subjects.documents import ALLOW, VIOLATION, document, only


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
