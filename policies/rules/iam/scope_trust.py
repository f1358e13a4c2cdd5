"""iam-trust-scoped: a role's trust names who may take it, closely enough that nobody else can, and what else has a
policy of its own (queues, topics, functions, event buses, tables, clusters, vaults) isn't open to anybody.

AWS services (pods.eks.amazonaws.com among them) are trusted by name. A web identity must be bound to one subject and
audience: an EKS service account exactly, GitHub to one repository, Cognito to one pool's users who are signed in.
Accounts other than the listed ones must give an external id or belong to the organization, and a whole account is
trusted on a condition only.

Permissions of Lambda and event buses are statements by property. An AWS service sends to a queue, a topic, an event bus
or a function for whichever account has set it up, so that it is bound to a source of one's own. Which other resources
have a policy says policies/subjects/resource_policies.py.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import NETWORK, Statement, allowed, anybody, firmly, is_loose, unless_bound
from policies.subjects.resource_policies import POLICIES, SENT_TO
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, UNKNOWN, Field, shown

_ROLE: Final = "aws:iam/role:Role"
_FUNCTION: Final = "aws:lambda/permission:Permission"
_PERMISSIONS: Final[Mapping[str, Sequence[tuple[str, ...]]]] = {
    "aws:cloudwatch/eventPermission:EventPermission": (("condition", "value"),),
    "aws:lambda/layerVersionPermission:LayerVersionPermission": (("organizationId",),),
    _FUNCTION: (("sourceArn",), ("sourceAccount",), ("principalOrgId",), ("eventSourceToken",)),
}
"""Statements by property, and the properties that narrow their principal."""
_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
_FIX_USE: Final = "name the accounts, roles or services that may use it"
_FIX_SOURCE: Final = "add the condition ArnLike aws:SourceArn or StringEquals aws:SourceAccount"
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
_SOMEBODY: Final = re.compile(r"[0-9]{12}|arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:[^*?]+")
_ACCOUNT: Final = re.compile(r"(?:arn:[a-z-]+:(?:iam|sts)::)?([0-9]{12})(?::(.+))?", re.DOTALL)
_PROVIDER: Final = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/(.+)", re.DOTALL)
_from_source = firmly(
    *("aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths"),
    "lambda:eventsourcetoken",
)
_outside = firmly("sts:externalid", "aws:principalorgid", "aws:principalorgpaths")
_inside = firmly("sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "principaltag/")


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds every principal that a role trusts too broadly, and everybody whom another resource lets in."""
    if subject.type == _ROLE:
        yield from _role(subject, options)
    elif subject.type in POLICIES:
        document, sent = subject.at(*POLICIES[subject.type]), subject.type.startswith(SENT_TO)
        if document.value != "":
            yield from allowed(document, partial(_open, sent=sent), _FIX_USE)
    elif subject.type == _URL:
        fix = "set authorizationType to AWS_IAM"
        yield from check(subject.at("authorizationType"), TEXT, lambda it: it == "AWS_IAM", fix=fix, required=True)
    else:
        yield from _permission(subject)


def _open(statement: Statement, *, sent: bool) -> Iterator[Finding]:
    yield from anybody(statement, _FIX_USE, "aws:sourceowner", *NETWORK)
    for kind, name in statement.principals() if sent else ():
        if kind == "Service" and isinstance(name.value, str) and "*" not in name.value:
            violation = f"{place(name)} is {name.text}, which comes for any account. Fix: {_FIX_SOURCE}."
            yield from unless_bound(statement, _from_source, Violation(violation))


def _permission(subject: Typed) -> Iterator[Finding]:
    """Finds a principal that is anybody, or a service for anybody, unless a property narrows it."""
    principal = subject.at("principal")
    narrowing = [subject.at(*path) for path in _PERMISSIONS[subject.type]]
    if not isinstance(principal.value, str) and principal.value is not UNKNOWN:
        yield from check(principal, TEXT, bool, fix=_FIX_USE, required=True)
    elif not any(map(_narrows, narrowing)):
        yield from _by_principal(subject, principal, narrowing)


def _by_principal(subject: Typed, principal: Field, narrowing: Sequence[Field]) -> Iterator[Finding]:
    name = principal.value
    unknown = next((field for field in narrowing if field.value is UNKNOWN), principal)
    if not isinstance(name, str):
        yield Unjudged(place(principal))
    elif _SOMEBODY.fullmatch(name):
        return
    elif unknown is not principal:
        yield Unjudged(place(unknown))
    else:
        yield Violation(f"{place(principal)} is {principal.text}, {_too_broad(subject.type, name)}.")


def _too_broad(token: str, name: str) -> str:
    """Who it is that a principal means, and what narrows it."""
    if token != _FUNCTION or "." not in name or "*" in name:
        paths = " or ".join(".".join(path) for path in _PERMISSIONS[token])
        return f"which is anybody. Fix: {_FIX_USE}, or set {paths} to one of your own"
    skill = name.lower().startswith("alexa")
    fix = "set eventSourceToken to the id of the skill" if skill else "set sourceArn or sourceAccount"
    return f"which comes for any account. Fix: {fix}"


def _narrows(field: Field) -> bool:
    return isinstance(field.value, str) and field.value != "" and not is_loose(field.value)


def _role(role: Typed, options: Options) -> Iterator[Finding]:
    trust = role.at("assumeRolePolicy")
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
    if issuer == _COGNITO:
        yield from _pool(statement, name, audience)
        return
    yield from _bound(statement, name, audience, _is(audience))
    if issuer == _GITHUB:
        fix = f"hold {issuer}:sub to repo:<owner>/<repository>:<ref>, without wildcards in owner and repository"
        violation = Violation(f"{place(name)} is bound to no repository. Fix: {fix}.")
        yield from unless_bound(statement, _repositories, violation, _LIKE)
    else:
        yield from _bound(statement, name, subject, _is(subject))


def _pool(statement: Statement, name: Field, audience: str) -> Iterator[Finding]:
    """Finds a trust in users of any pool of Cognito, or in ones who are not signed in."""
    yield from _bound(statement, name, audience, partial(_only, audience))
    fix = f"hold {_COGNITO}:amr to authenticated"
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


def _only(wanted: str, key: str, values: Sequence[str]) -> bool:
    return _exact(wanted, key, values) and len(values) <= 1


def _signed_in(key: str, values: Sequence[str]) -> bool:
    return key == f"{_COGNITO}:amr" and all(value == "authenticated" for value in values)


def _repositories(key: str, values: Sequence[str]) -> bool:
    return key == f"{_GITHUB}:sub" and all(_REPOSITORY.fullmatch(value) for value in values)


RULE = Rule(
    name="iam-trust-scoped",
    description="Trust policies must name who may assume a role and bind federated identities to a subject; policies "
    "of queues, topics, functions and the like must not let anybody in.",
    why="A trust that is too broad hands the role, the queue or the function to whoever asks: any pod, any repository, "
    "any account.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(
        checkov=(
            *("CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_393"),
            *("CKV_AWS_168", "CKV_AWS_169", "CKV_AWS_258", "CKV_AWS_301", "CKV_AWS_364"),
        ),
        owasp=("ASI03",),
    ),
    remediation="Name the principal; bind OIDC subjects and audiences exactly, other accounts by sts:ExternalId, and "
    "whoever uses a resource by its ARN, account or organization.",
    area=of_type(_ROLE, *POLICIES, *_PERMISSIONS, _URL),
    judge=judge,
    options={"accounts": text_list("Ids of the AWS accounts whose roles are trusted by name alone.", ())},
)
