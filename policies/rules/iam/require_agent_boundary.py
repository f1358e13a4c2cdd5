"""iam-agent-boundary: the roles of agents carry a permissions boundary.

A role is an agent's if a tag says so, or if pods may assume it: by Pod Identity, or as a service account (IRSA). Pods
of the platform's own namespaces are no agents, where the trust names those namespaces.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, cast

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Finding, Unjudged
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import Statement, covers, one_or_many, statements
from policies.subjects.typed import Typed, of_type
from policies.unknowns import UNKNOWN, is_object

_FIX: Final = "set permissionsBoundary to the ARN of the policy that bounds agents"
_POD_IDENTITY: Final = "pods.eks.amazonaws.com"
_NAMESPACE_TAG: Final = "aws:requesttag/kubernetes-namespace"
_SERVICE_ACCOUNT: Final = "system:serviceaccount:"
_TAGS: Final = ("agent-platform.dev/agent", "agent")
_BOUNDS_NOTHING: Final = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds an agent's role without a boundary, or with one that bounds nothing or is not approved."""
    verdict = _is_agents(subject, cast("Sequence[str]", options["platformNamespaces"]))
    allowed = partial(_bounds, approved=cast("Sequence[str]", options["boundaries"]))
    found = check(subject.at("permissionsBoundary"), TEXT, allowed, fix=_FIX, required=True)
    if verdict is True:
        yield from found
    elif verdict is UNKNOWN and any(True for _ in found):
        yield Unjudged(f"{place(subject.at('assumeRolePolicy'))} or tags, which tell whether the role is an agent's")


def _bounds(arn: str, approved: Sequence[str]) -> bool:
    if approved:
        return any(covers(pattern, arn) for pattern in approved)
    return bool(arn) and arn.rpartition("/")[2] not in _BOUNDS_NOTHING


def _is_agents(subject: Typed, platform: Sequence[str]) -> object:
    """Whether a role is an agent's: True, False or UNKNOWN."""
    verdicts = [_tagged(subject, name) for name in ("tags", "tagsAll")]
    verdicts += [_is_for_pods(each, platform) for each in statements(subject.at("assumeRolePolicy"))]
    return True if True in verdicts else UNKNOWN if UNKNOWN in verdicts else False


def _tagged(subject: Typed, name: str) -> object:
    tags = subject.at(name)
    if tags.value is UNKNOWN:
        return UNKNOWN
    return any(tag in _TAGS for tag, _ in tags.entries())


def _is_for_pods(statement: Statement, platform: Sequence[str]) -> object:
    effect = statement.at("Effect").value
    if effect == "Deny":
        return False
    if not is_object(statement.root.value) or effect is UNKNOWN:
        return UNKNOWN
    federated = False
    for kind, name in statement.principals():
        if name.value is UNKNOWN:
            return UNKNOWN
        if name.value == _POD_IDENTITY:
            return not _namespaces_are(platform, _tagged_namespaces(statement))
        federated = federated or kind == "Federated"
    return federated and _serves_accounts(statement, platform)


def _serves_accounts(statement: Statement, platform: Sequence[str]) -> object:
    subjects = [each.value for c in statement.conditions() if c.key.endswith(":sub") for each in one_or_many(c.values)]
    accounts = [value for value in subjects if isinstance(value, str) and value.startswith(_SERVICE_ACCOUNT)]
    namespaces = [account.removeprefix(_SERVICE_ACCOUNT).partition(":")[0] for account in accounts]
    if accounts and not _namespaces_are(platform, namespaces):
        return True
    unclear = statement.at("Condition").value is UNKNOWN or UNKNOWN in subjects
    return UNKNOWN if unclear else False


def _tagged_namespaces(statement: Statement) -> list[object]:
    return [
        each.value
        for condition in statement.conditions()
        if condition.operator == "stringequals" and condition.key == _NAMESPACE_TAG
        for each in one_or_many(condition.values)
    ]


def _namespaces_are(platform: Sequence[str], namespaces: Sequence[object]) -> bool:
    return bool(namespaces) and all(namespace in platform for namespace in namespaces)


RULE = Rule(
    name="iam-agent-boundary",
    description="Roles that agents assume must carry a permissions boundary.",
    why="A boundary holds whatever is attached to the role later: no mistake in a policy gives an agent more than it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("LLM06", "ASI03")),
    remediation="Set permissionsBoundary on every role that an agent's pods assume.",
    area=of_type("aws:iam/role:Role"),
    judge=judge,
    options={
        "boundaries": text_list("ARN patterns of the boundaries that are approved; none: any policy of one's own.", ()),
        "platformNamespaces": text_list("Namespaces whose pods are the platform's, not agents.", ("kube-system",)),
    },
)
