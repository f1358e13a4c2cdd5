"""iam-agent-boundary: the roles of agents carry a permissions boundary.

A role is an agent's if a tag says so, or if pods may assume it: by Pod Identity, or as a service account (IRSA). Pods
of the platform's own namespaces are no agents, where the trust names those namespaces.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

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
_EKS_ISSUER: Final = "oidc-provider/oidc.eks."
_TAGS: Final = ("agent-platform.dev/agent", "agent")
_BOUNDS_NOTHING: Final = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds an agent's role without a boundary, or with one that bounds nothing or is not approved."""
    verdict = _is_agents(subject, options["platformNamespaces"])
    allowed = partial(_bounds, approved=options["boundaries"])
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
    names = [(kind, name.value) for kind, name in statement.principals()]
    if not is_object(statement.root.value) or UNKNOWN in (effect, *(name for _, name in names)):
        return UNKNOWN
    if _POD_IDENTITY in [name for _, name in names]:
        namespaces = _values(statement, lambda condition: condition == ("stringequals", _NAMESPACE_TAG))
        return UNKNOWN if UNKNOWN in namespaces else not _namespaces_are(platform, namespaces)
    federated = [name for kind, name in names if kind == "Federated"]
    return bool(federated) and _serves_accounts(statement, platform, federated)


def _serves_accounts(statement: Statement, platform: Sequence[str], federated: Sequence[object]) -> object:
    subjects = _values(statement, lambda condition: condition[1].endswith(":sub"))
    accounts = [each for each in subjects if isinstance(each, str) and each.startswith(_SERVICE_ACCOUNT)]
    namespaces = [account.removeprefix(_SERVICE_ACCOUNT).partition(":")[0] for account in accounts]
    if accounts and not _namespaces_are(platform, namespaces):
        return True
    if UNKNOWN in subjects:
        return UNKNOWN
    return not accounts and any(isinstance(each, str) and _EKS_ISSUER in each for each in federated)


def _values(statement: Statement, wanted: Callable[[tuple[str, str]], bool]) -> list[object]:
    """The values of conditions by operator and key; what can't be read counts as wanted."""
    return [
        each.value
        for condition in statement.conditions()
        if not condition.key or wanted((condition.operator, condition.key))
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
