"""IAM policies as documents, whatever form they arrive in: JSON text or an object, one statement or a list of them.

Names are compared as IAM compares them: actions without regard to case, `*` and `?` as wildcards. What is unknown or
of the wrong type stays a field that says so, so that rules answer it as they answer any other field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.subjects.typed import Typed
from policies.unknowns import ABSENT, UNKNOWN, Field, Malformed, is_object

_ELEMENTS: Final = {
    name.lower(): name
    for name in (
        *("Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal"),
        *("Action", "NotAction", "Resource", "NotResource", "Condition"),
    )
}
BINDING: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
NARROWING: Final = (
    *("kms:calleraccount", "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths"),
    *("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"),
)
"""The keys, in lower case, that say which of all principals a statement is for."""
NETWORK: Final = ("aws:sourcevpc", "aws:sourcevpce")
"""The keys, in lower case, that say from which network a request comes."""
_PROBES: Final = ("arn:aws:s3:::q7x", "arn:aws:iam::000000000000:role/q7x")
_ANY_OF_A_KIND: Final = re.compile(r"(?:[a-zA-Z-]+[/:])?[*?]+(?:[/:][*?]+)*")
_ANY_BUCKET: Final = re.compile(r"[*?]+(?:/[*?]*)*")
_FIX_EFFECT: Final = "write Allow or Deny"
_GRANTED: Final = {
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
}
_ATTACHED: Final = {
    "aws:iam/role:Role": "managedPolicyArns",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": "managedPolicyArns",
}
GRANTING: Final = tuple(sorted({*_GRANTED, *_ATTACHED}))
"""The types that grant permissions: by a document of their own or by the ARN of a policy."""


Bound = Callable[[str, Sequence[str]], bool]
"""Whether a condition's key (in lower case) and its known values bind a statement closely enough."""


class Condition(NamedTuple):
    """One condition: operator and key in lower case. Both are empty where the condition can't be read."""

    operator: str
    key: str
    values: Field


class Principal(NamedTuple):
    """Who is meant: its kind (AWS, Service, Federated, …; empty where it can't be read) and its name."""

    kind: str
    name: Field


class Statement(NamedTuple):
    """One statement, its elements spelled as IAM spells them."""

    root: Field

    def at(self, element: str) -> Field:
        """An element as it stands there."""
        return self.root.at(element)

    def values(self, element: str) -> tuple[Field, ...]:
        """The values of an element that is one value or a list of them."""
        return tuple(one_or_many(self.at(element)))

    def unclear(self, *elements: str) -> Iterator[Finding]:
        """What can't be judged, or can't be right, about elements that hold strings."""
        for element in elements:
            for each in self.values(element):
                if not isinstance(each.value, str):
                    yield unreadable(each, "a string", "write one string or a list of strings")

    def conditions(self) -> Iterator[Condition]:
        """All conditions."""
        for operator, keys in self.at("Condition").entries():
            for key, values in keys.entries():
                yield Condition(operator.lower(), key.lower(), values)

    def principals(self) -> Iterator[Principal]:
        """Everyone whom Principal names; `*` alone means the same as all of AWS."""
        field = self.at("Principal")
        if isinstance(field.value, str):
            yield Principal("AWS", field)
            return
        for kind, names in field.entries():
            for name in one_or_many(names):
                yield Principal(kind, name)


def one_or_many(field: Field) -> Iterator[Field]:
    """The elements of a list, or the value that stands in its stead."""
    if isinstance(field.value, list):
        yield from field.items()
    elif field.value is not ABSENT:
        yield field


def statements(document: Field) -> Iterator[Statement]:
    """The statements of a document. A document that can't be read yields one that stands for it."""
    if document.value is ABSENT:
        return
    listed = _spelled(_parsed(document)).at("Statement")
    if listed.value is ABSENT:
        listed = listed.replaced(value=Malformed(listed.keys, "not set", "a statement"))
    for each in one_or_many(listed):
        yield Statement(_spelled(each))


def _parsed(document: Field) -> Field:
    owner = place(document)
    if isinstance(document.value, str):
        return Field(_loaded(document.value), owner, (), document.secret)
    return document.owned_by(owner).replaced(base=None)


def _loaded(text: str) -> object:
    try:
        loaded: object = json.loads(text, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):
        return Malformed((), "text that is no JSON, or JSON with a key twice,", "a policy document")
    return loaded


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def _spelled(field: Field) -> Field:
    if not is_object(field.value):
        return field
    spelled: dict[str, object] = {}
    for key, value in field.value.items():
        name = _ELEMENTS.get(key.lower(), key)
        if name in spelled:
            return field.replaced(value=Malformed(field.keys, f"an object with {name} twice", "one of each element"))
        spelled[name] = value
    return field.replaced(value=spelled)


def allowed(document: Field, judge: Callable[[Statement], Iterable[Finding]], fix: str) -> Iterator[Finding]:
    """What `judge` finds in the statements that allow something, and what can't be read of the document."""
    for statement in statements(document):
        effect = statement.at("Effect")
        if not is_object(statement.root.value):
            yield unreadable(statement.root, "an object", fix)
        elif effect.value is UNKNOWN:
            if any(True for _ in judge(statement)):
                yield Unjudged(place(effect))
        else:
            yield from check(effect, TEXT, lambda it: it in ("Allow", "Deny"), fix=_FIX_EFFECT, required=True)
            if effect.value == "Allow":
                yield from judge(statement)


def unless_bound(
    statement: Statement, bound: Bound, violation: Violation, operators: frozenset[str] = BINDING
) -> Iterator[Finding]:
    """The violation, unless a condition that is `bound` holds a key to given values.

    Only operators count that fail where the key is missing. Where the condition is unknown it can't be judged.
    """
    verdicts = [_binds(condition, bound, operators) for condition in statement.conditions()]
    if True in verdicts:
        return
    if UNKNOWN in verdicts:
        yield Unjudged(place(statement.at("Condition")))
    else:
        yield violation


def _binds(condition: Condition, bound: Bound, operators: frozenset[str]) -> object:
    values = [each.value for each in one_or_many(condition.values)]
    unknown = values.count(UNKNOWN)
    if not condition.key:
        return UNKNOWN if unknown else False
    texts = [value for value in values if isinstance(value, str) and not is_wild(value)]
    if condition.operator.removeprefix("foranyvalue:") not in operators or len(texts) + unknown < max(1, len(values)):
        return False
    return (UNKNOWN if unknown else True) if bound(condition.key, texts) else False


def key_in(*keys: str) -> Bound:
    """Whether a key (in lower case) is one of these; one that ends in `/` stands for all keys that contain it."""
    return lambda key, _: any(key == each or (each.endswith("/") and each in key) for each in keys)


def firmly(*keys: str) -> Bound:
    """Like `key_in`, and the values name somebody: wildcards only within an account, or below an organization."""
    bound = key_in(*keys)
    return lambda key, values: bound(key, values) and not any(map(is_loose, values))


def is_loose(text: str) -> bool:
    """Whether an ARN or an id has wildcards that more than one account, or organization, can match."""
    head = text.partition("/")[0]
    if text.startswith("arn:"):
        parts = text.split(":", 5)
        head = ":".join(parts[:5]) if any(parts[4:5]) else text
    return "*" in head or "?" in head


def is_wild(text: str) -> bool:
    """Whether a text is nothing but wildcards."""
    return not text.strip("*?")


def covers(pattern: str, name: str) -> bool:
    """Whether an IAM pattern covers a name, without regard to case. No pattern makes it slow."""
    pattern, name = pattern.lower(), name.lower()
    at = position = 0
    star, resumed = -1, 0
    while position < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, resumed = at, position
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", name[position]):
            at, position = at + 1, position + 1
        elif star >= 0:
            resumed += 1
            at, position = star + 1, resumed
        else:
            return False
    return is_wild(pattern[at:]) and "?" not in pattern[at:]


def is_every_resource(text: str) -> bool:
    """Whether a resource is `*` under any name: every resource, or every one of a service or of a kind."""
    parts = text.split(":", 5)
    shape = _ANY_BUCKET if parts[2:3] == ["s3"] else _ANY_OF_A_KIND
    of_a_kind = len(parts) == 6 and (not parts[5] or shape.fullmatch(parts[5]) is not None)
    return of_a_kind or all(covers(text, probe) for probe in _PROBES)


def anybody(statement: Statement, fix: str, *keys: str) -> Iterator[Finding]:
    """Everyone whom a resource's own policy lets in without saying who; the keys narrow it as `NARROWING` does."""
    excluded, named = statement.at("NotPrincipal"), statement.at("Principal")
    if excluded.value is not ABSENT:
        yield Violation(f"{place(excluded)} allows everybody but those it names. Fix: {fix}.")
    elif named.value is ABSENT:
        yield Violation(f"{place(named)} is not set. Fix: {fix}.")
    for _, name in statement.principals():
        if not isinstance(name.value, str):
            yield unreadable(name, "a string", fix)
        elif "*" in name.value:
            text = (
                f"{place(name)} is {name.text}, which is anybody. Fix: {fix}, or add the condition aws:PrincipalOrgID."
            )
            yield from unless_bound(statement, firmly(*NARROWING, *keys), Violation(text))


def granted(subject: Typed) -> Iterator[Field]:
    """The documents with which a resource grants permissions."""
    path = _GRANTED.get(subject.type)
    if path:
        yield subject.at(path)
    if subject.type == "aws:iam/role:Role":
        for inline in subject.at("inlinePolicies").items():
            yield inline.at("policy")


def attached(subject: Typed) -> Iterator[Field]:
    """The ARNs of policies that a resource attaches."""
    path = _ATTACHED.get(subject.type)
    if path:
        yield from one_or_many(subject.at(path))
