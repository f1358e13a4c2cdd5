"""iam-trust-scoped: a role's trust names who may take it, closely enough that nobody else can.

AWS services (pods.eks.amazonaws.com among them) are trusted by name. A web identity must be bound to one subject and
audience: an EKS service account exactly, GitHub to one repository, Cognito to a user who is signed in. Accounts other
than the listed ones must give an external id or belong to the organization, and a whole account is trusted on a
condition only.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import Statement, allowed, firmly, unless_bound
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, Field, shown

_FIX: Final = "name the service, the role or the federated subject that may take this role"
_FIX_ORG: Final = "add the condition StringEquals sts:ExternalId or aws:PrincipalOrgID"
_COGNITO: Final = "cognito-identity.amazonaws.com"
_CLAIMS: Final = {"www.amazon.com": ("app_id", "user_id"), "graph.facebook.com": ("app_id", "id")}
"""The keys of audience and subject of those who don't name them aud and sub."""
_EXACT: Final = frozenset({"stringequals"})
_GITHUB: Final = "token.actions.githubusercontent.com"
_LIKE: Final = frozenset({"stringequals", "stringlike"})
_REPOSITORY: Final = re.compile(r"repo:[^*?/:]+/[^*?/:]+:.+", re.DOTALL)
_SERVICE: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")
_ACCOUNT: Final = re.compile(r"(?:arn:[a-z-]+:(?:iam|sts)::)?([0-9]{12})(?::(.+))?", re.DOTALL)
_PROVIDER: Final = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/(.+)", re.DOTALL)
_outside = firmly("sts:externalid", "aws:principalorgid", "aws:principalorgpaths")
_inside = firmly("sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "principaltag/")


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds every principal that a role trusts too broadly."""
    trust = subject.at("assumeRolePolicy")
    if trust.value is ABSENT:
        yield Violation(f"{place(trust)} is not set. Fix: {_FIX}.")
    own = options["accounts"]
    yield from allowed(trust, partial(_judge_statement, own=own), _FIX)


def _judge_statement(statement: Statement, own: Sequence[str]) -> Iterator[Finding]:
    inverse = statement.at("NotPrincipal")
    if inverse.value is not ABSENT:
        yield Violation(f"{place(inverse)} trusts everybody but those it names. Fix: {_FIX}.")
    elif statement.at("Principal").value is ABSENT:
        yield Violation(f"{place(statement.at('Principal'))} is not set. Fix: {_FIX}.")
    for kind, name in statement.principals():
        if not isinstance(name.value, str):
            yield unreadable(name, "a string", _FIX)
        elif "*" in name.value or "?" in name.value:
            yield Violation(f"{place(name)} is {name.text}, which is anybody. Fix: {_FIX}.")
        elif kind == "AWS":
            yield from _account(statement, name, name.value, own)
        elif kind == "Federated":
            yield from _federated(statement, name, name.value)
        elif kind != "Service" or not _SERVICE.fullmatch(name.value):
            yield Violation(f"{place(name)} is {name.text}, which is no AWS service or identity. Fix: {_FIX}.")


def _account(statement: Statement, name: Field, text: str, own: Sequence[str]) -> Iterator[Finding]:
    match = _ACCOUNT.fullmatch(text)
    whole = match is not None and match[2] in (None, "root")
    if match is None or match[1] not in own:
        violation = f"{place(name)} is {name.text}, of another account. Fix: {_FIX_ORG}, or list the account as own."
        yield from unless_bound(statement, _outside, Violation(violation))
    elif whole:
        violation = f"{place(name)} is {name.text}, every identity of the account. Fix: name the role that needs it."
        yield from unless_bound(statement, _inside, Violation(violation))


def _federated(statement: Statement, name: Field, text: str) -> Iterator[Finding]:
    match = _PROVIDER.fullmatch(text)
    issuer = (match[1] if match else text).lower()
    if ":saml-provider/" in text:
        yield from _bound(statement, name, "SAML:aud", _is("saml:aud"))
        return
    audience, subject = (f"{issuer}:{claim}" for claim in _CLAIMS.get(issuer, ("aud", "sub")))
    yield from _bound(statement, name, audience, _is(audience))
    if issuer == _GITHUB:
        fix = f"hold {issuer}:sub to repo:<owner>/<repository>:<ref>, without wildcards in owner and repository"
        violation = Violation(f"{place(name)} is bound to no repository. Fix: {fix}.")
        yield from unless_bound(statement, _repositories, violation, _LIKE)
    else:
        yield from _bound(statement, name, subject, _is(subject))
    if issuer == _COGNITO:
        fix = f"hold {issuer}:amr to authenticated"
        violation = Violation(f"{place(name)} trusts anybody who is not signed in. Fix: {fix}.")
        yield from unless_bound(statement, _signed_in, violation, _LIKE)


def _bound(statement: Statement, name: Field, key: str, bound: "partial[bool]") -> Iterator[Finding]:
    named = key.rpartition(":")[2] if name.secret else shown(key)
    violation = f"{place(name)} is trusted without StringEquals on {named}. Fix: add it, with one exact value."
    yield from unless_bound(statement, bound, Violation(violation), _EXACT)


def _is(wanted: str) -> "partial[bool]":
    return partial(_exact, wanted)


def _exact(wanted: str, key: str, values: Sequence[str]) -> bool:
    return key == wanted and not any("*" in value for value in values)


def _signed_in(key: str, values: Sequence[str]) -> bool:
    return key == f"{_COGNITO}:amr" and all(value == "authenticated" for value in values)


def _repositories(key: str, values: Sequence[str]) -> bool:
    return key == f"{_GITHUB}:sub" and all(_REPOSITORY.fullmatch(value) for value in values)


RULE = Rule(
    name="iam-trust-scoped",
    description="A role's trust policy must name who may assume it, and bind federated identities to a subject.",
    why="A trust that is too broad hands the role to any pod, repository or account that asks for it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(checkov=("CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_393"), owasp=("ASI03",)),
    remediation="Name the principal; bind OIDC subjects and audiences exactly, other accounts by sts:ExternalId.",
    area=of_type("aws:iam/role:Role"),
    judge=judge,
    options={"accounts": text_list("Ids of the AWS accounts whose roles are trusted by name alone.", ())},
)
