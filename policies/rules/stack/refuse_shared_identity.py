"""stack-agent-identity-unique: each agent has a service account of its own, and a role in AWS serves one team only.

An agent is a workload whose pods are labelled app.kubernetes.io/component: agent; its instance label tells agents
apart. A namespace belongs to the team that its label names, and to a team of its own name where this stack does not
make it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place
from policies.findings import Finding, Unjudged, Violation
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.selectors import TEAM, Workload, of_kind, within, workloads_in
from policies.subjects.typed import typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field, shown

_COMPONENT = "app.kubernetes.io/component"
_INSTANCE = "app.kubernetes.io/instance"
_ROLE = "eks.amazonaws.com/role-arn"
_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


class _Use(NamedTuple):
    """Who uses an identity, and which place of which resource says so. Texts are as a message may print them."""

    identity: object
    identity_text: str
    user: object
    user_text: str
    urn: str
    where: str


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds service accounts that several agents share, and roles that several teams share."""
    accounts = [use for workload in stack.view(workloads_in) for use in _agents(workload)]
    yield from _shared(accounts, "service account", "agents", "give each agent a ServiceAccount of its own")
    yield from _shared(list(_roles(stack)), "IAM role", "teams", "make one role for each team")


def _agents(workload: Workload) -> Iterator[_Use]:
    owner = workload.owner
    for pod, labels in zip(workload.pods, workload.labels, strict=True):
        component = labels.at(_COMPONENT).value
        if component not in ("agent", UNKNOWN):
            continue
        account, instance = pod.at("serviceAccountName"), labels.at(_INSTANCE)
        agent = owner.at("metadata", "name") if instance.value is ABSENT else instance
        name = "default" if account.value is ABSENT else account.value
        unknown = UNKNOWN in (component, name, owner.namespace)
        text = shown(name) if account.value is ABSENT else account.text
        where = within(owner, place(account))
        identity = UNKNOWN if unknown else (name, owner.namespace)
        yield _Use(identity, text, (owner.namespace, agent.value), agent.text, workload.urn, where)


def _roles(stack: Stack) -> Iterator[_Use]:
    spaces = of_kind(stack, "core/Namespace")
    teams = {each.name: each.at("metadata", "labels", TEAM) for each in spaces if isinstance(each.name, str)}
    for account in of_kind(stack, "core/ServiceAccount"):
        role, space = account.at("metadata", "annotations", _ROLE), account.at("metadata", "namespace")
        yield _role(role, _team(teams, space), account.resource.urn, within(account, role.path))
    for association in typed_in(stack, _ASSOCIATION):
        role, space = association.at("roleArn"), association.at("namespace")
        yield _role(role, _team(teams, space), association.resource.urn, role.path)


def _role(role: Field, team: Field, urn: str, where: str) -> _Use:
    user, text = ("default", '"default"') if team.value is ABSENT else (team.value, team.text)
    return _Use(role.value, role.text, user, text, urn, where)


def _team(teams: dict[str, Field], namespace: Field) -> Field:
    name = "default" if namespace.value is ABSENT else namespace.value
    label = teams.get(name) if isinstance(name, str) else None
    return namespace if label is None or label.value is ABSENT else label


def _shared(uses: list[_Use], what: str, who: str, fix: str) -> Iterator[Finding]:
    users: dict[object, dict[object, str]] = defaultdict(dict)
    for use in uses:
        if _known(use.identity):
            users[use.identity][use.user if _known(use.user) else UNKNOWN] = use.user_text
    for use in uses:
        of_it = users.get(use.identity, {}) if _known(use.identity) else {}
        names = sorted(text for user, text in of_it.items() if user is not UNKNOWN)
        if len(names) > 1:
            listed = ", ".join(names)
            text = f"{use.where}: the {what} {use.identity_text} serves several {who}: {listed}. Fix: {fix}."
            yield Violation(text, urn=use.urn)
        elif len(of_it) > 1 or use.identity is UNKNOWN:
            yield Unjudged(use.where, use.urn)


def _known(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(part, str) for part in value))


RULE: AnyRule = Rule(
    name="stack-agent-identity-unique",
    description="Agents must not share a service account, nor teams an IAM role.",
    why="Whoever takes over one agent acts as all that share its identity, and the audit log can't tell them apart.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("ASI03",), cis_eks=("4.1.5",)),
    remediation="Give every agent a ServiceAccount of its own, and every team's agents a role of that team.",
    judge_stack=judge_stack,
)
