"""rbac-no-wildcard: roles name the API groups, resources and verbs that they grant."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule
from policies.subjects.grants import ROLES
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object

_FIX: Final = "name what is needed instead of a wildcard"
_KEYS: Final = ("apiGroups", "resources", "verbs")
_FIX_SELECTOR: Final = "select by a label of your own, which only the roles meant have"
_BOOTSTRAPPING: Final = "kubernetes.io/bootstrapping"
_EVERY_URL: Final = ("*", "/*")


def judge(role: Object, _options: Options) -> Iterator[Finding]:
    """Finds every wildcard of every rule, and a rule of aggregation that takes in every role."""
    for rule in role.at("rules").items():
        for key in _KEYS:
            for item in rule.at(key).items():
                yield from check(item, TEXT, lambda it: "*" not in it, fix=_FIX)
        for url in rule.at("nonResourceURLs").items():
            yield from check(url, TEXT, lambda it: it not in _EVERY_URL, fix=_FIX)
    for selector in role.at("aggregationRule", "clusterRoleSelectors").items():
        yield from _aggregated(selector)


def _aggregated(selector: Field) -> Iterator[Finding]:
    """Finds a selector of roles that takes them all in: it names no label, or the one of Kubernetes' own roles."""
    if not is_object(selector.value):
        yield unreadable(selector, "an object", _FIX_SELECTOR)
        return
    labels, expressions = selector.at("matchLabels"), list(selector.at("matchExpressions").items())
    for field in (labels, *expressions):
        if field.value is not ABSENT and not is_object(field.value):
            yield unreadable(field, "an object", _FIX_SELECTOR)
            return
    narrowing = [_narrows(each) for each in expressions] + [key != _BOOTSTRAPPING for key, _ in labels.entries()]
    if True in narrowing:
        return
    unclear = next((each for each in expressions if _narrows(each) is None), None)
    if unclear is not None:
        yield Unjudged(place(unclear))
    else:
        yield Violation(f"{place(selector)} selects every role, cluster-admin among them. Fix: {_FIX_SELECTOR}.")


def _narrows(expression: Field) -> bool | None:
    """Whether an expression leaves only roles that have a certain label; None if that is unknown."""
    operator, key = expression.at("operator").value, expression.at("key").value
    if UNKNOWN in (operator, key):
        return None
    return operator in ("In", "Exists") and key != _BOOTSTRAPPING


RULE = Rule(
    name="rbac-no-wildcard",
    description="Roles must not grant by wildcard.",
    why="A wildcard grants what nobody had in mind, and by tomorrow also what does not exist today.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_K8S_49",), cis_eks=("4.1.3",), owasp=("ASI03",)),
    remediation="Name the API groups, resources and verbs that the subject needs in every rule of the role.",
    area=objects(*ROLES),
    judge=judge,
)
