"""image-signature-policy: in every namespace with agents, a policy of the stack verifies the signatures of images.

Kyverno's ImageValidatingPolicy and its older ClusterPolicy and Policy with verifyImages count if they refuse (and don't
just audit), sigstore's ClusterImagePolicy if the namespace is labelled for it. Namespaces that a policy outside of the
stack covers are an option. Conditions on single pods are not weighed: a policy that selects a namespace covers it.
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule, Stack
from policies.subjects.agents import is_agent
from policies.subjects.objects import Object, objects_in
from policies.subjects.placed_pods import Placed, placed_pods
from policies.unknowns import ABSENT, UNKNOWN, Field, shown

_VERIFYING: Final = ("kyverno.io/ClusterPolicy", "kyverno.io/Policy")
_VALIDATING: Final = (
    "policies.kyverno.io/ImageValidatingPolicy",
    "policies.kyverno.io/NamespacedImageValidatingPolicy",
)
_NAMESPACED: Final = (_VERIFYING[1], _VALIDATING[1])
_SIGSTORE: Final = "policy.sigstore.dev/ClusterImagePolicy"
_NAME_LABEL: Final = "kubernetes.io/metadata.name"
_FIX: Final = (
    "add an ImageValidatingPolicy, a ClusterPolicy with verifyImages or a ClusterImagePolicy that covers it and "
    "refuses, or list the namespace in the option coveredElsewhere"
)
_Answer = bool | None
"""None: unknown at preview, or told outside of the stack."""


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds every namespace with agents in which nobody verifies what runs. One finding each, at its first agent."""
    elsewhere = options["coveredElsewhere"]
    everything = stack.view(objects_in)
    seen = set()
    for placed in stack.view(placed_pods):
        namespace, agent = placed.namespace, is_agent(placed.pod, placed.maker.kind)
        if agent is False:
            continue
        if agent is None:
            yield Unjudged("whether this is an agent", placed.urn)
        elif not isinstance(namespace, str):
            yield Unjudged("metadata.namespace", placed.urn)
        elif namespace not in seen and not any(fnmatchcase(namespace, pattern) for pattern in elsewhere):
            seen.add(namespace)
            named = _shown(placed)
            covered = _any(_covers(each, namespace, _labels(everything, namespace)) for each in everything)
            if covered is None:
                yield Unjudged(f"whether a signature policy covers {named}", placed.urn)
            elif not covered:
                text = f"no policy of the stack verifies the signatures of images in {named}"
                yield Violation(f"{text}. Fix: {_FIX}.", urn=placed.urn)


def _shown(placed: Placed) -> str:
    field = placed.maker.at("metadata", "namespace")
    return f"namespace {shown('default') if field.value is ABSENT else field.text}"


def _labels(everything: Iterable[Object], namespace: str) -> Field:
    """The namespace's labels; unknown where the stack doesn't make it."""
    made = (each for each in everything if each.kind == "core/Namespace" and each.name == namespace)
    return next((each.at("metadata", "labels") for each in made), Field(UNKNOWN, ""))


def _covers(policy: Object, namespace: str, labels: Field) -> _Answer:
    if policy.kind in _NAMESPACED and policy.namespace != namespace:
        return None if policy.namespace is UNKNOWN else False
    if policy.kind in _VALIDATING:
        actions = policy.at("spec", "validationActions").items()
        selector = policy.at("spec", "matchConstraints", "namespaceSelector")
        return _all((_any(_is(action, "Deny") for action in actions), _selects(selector, namespace, labels)))
    if policy.kind in _VERIFYING:
        inherited = policy.at("spec", "validationFailureAction")
        rules = policy.at("spec", "rules").items()
        return _any(_rule_covers(rule, inherited, namespace, labels) for rule in rules)
    if policy.kind == _SIGSTORE:
        warns = _is(policy.at("spec", "mode"), "warn")
        return _all((_not(warns), _is(labels.at("policy.sigstore.dev/include"), "true")))
    return False


def _rule_covers(rule: Field, inherited: Field, namespace: str, labels: Field) -> _Answer:
    actions = (item.at("failureAction") for item in rule.at("verifyImages").items())
    refuses = _any(_enforces(inherited if action.value is ABSENT else action) for action in actions)
    match, exclude = rule.at("match"), rule.at("exclude")
    every = list(match.at("all").items())
    chosen = every or list(match.at("any").items()) or [match]
    combine = _all if every else _any
    left_out = [*exclude.at("any").items(), *exclude.at("all").items(), exclude]
    return _all(
        (
            refuses,
            combine(_clause(clause, namespace, labels, empty=True) for clause in chosen),
            _not(_any(_clause(clause, namespace, labels, empty=False) for clause in left_out)),
        )
    )


def _clause(clause: Field, namespace: str, labels: Field, *, empty: bool) -> _Answer:
    """Whether a clause means the namespace; `empty` is the answer of one that names no namespaces."""
    names, selector = clause.at("resources", "namespaces"), clause.at("resources", "namespaceSelector")
    if names.value is ABSENT and selector.value is ABSENT:
        return empty
    listed = _any(_matches(name, namespace) for name in names.items()) if names.value is not ABSENT else True
    return _all((listed, _selects(selector, namespace, labels)))


def _selects(selector: Field, namespace: str, labels: Field) -> _Answer:
    if selector.value is UNKNOWN:
        return None
    plain = [_has(name, (value,), namespace, labels) for name, value in selector.at("matchLabels").entries()]
    return _all([*plain, *(_expression(each, namespace, labels) for each in selector.at("matchExpressions").items())])


def _expression(expression: Field, namespace: str, labels: Field) -> _Answer:
    key, operator = expression.at("key").value, expression.at("operator").value
    if not isinstance(key, str) or not isinstance(operator, str):
        return None
    exists = _not(_is(_label(key, namespace, labels), ABSENT))
    if operator in ("Exists", "DoesNotExist"):
        return exists if operator == "Exists" else _not(exists)
    chosen = _has(key, tuple(expression.at("values").items()), namespace, labels)
    return chosen if operator == "In" else _not(chosen)


def _has(key: str, values: Iterable[Field], namespace: str, labels: Field) -> _Answer:
    label = _label(key, namespace, labels)
    return _any(None if value.value is UNKNOWN else _is(label, value.value) for value in values)


def _label(key: str, namespace: str, labels: Field) -> Field:
    return labels.replaced(value=namespace) if key == _NAME_LABEL else labels.at(key)


def _matches(name: Field, namespace: str) -> _Answer:
    return fnmatchcase(namespace, name.value) if isinstance(name.value, str) else None


def _enforces(action: Field) -> _Answer:
    return _any((_is(action, "Enforce"), _is(action, "enforce")))


def _is(field: Field, wanted: object) -> _Answer:
    if field.value is UNKNOWN:
        return None
    return type(field.value) is type(wanted) and field.value == wanted


def _all(answers: Iterable[_Answer]) -> _Answer:
    found = set(answers)
    return False if False in found else None if None in found else True


def _any(answers: Iterable[_Answer]) -> _Answer:
    found = set(answers)
    return True if True in found else None if None in found else False


def _not(answer: _Answer) -> _Answer:
    return None if answer is None else not answer


RULE: Rule[object] = Rule(
    name="image-signature-policy",
    description="Every namespace with agents should be covered by a policy that verifies the signatures of images.",
    why="A digest says which image runs, a signature who made it: only a check at admission refuses a stranger's.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.MEDIUM,
    references=References(
        kubescape=("C-0236", "C-0237"),
        kyverno=("verify-image",),
        owasp=("LLM03",),
        others=("sigstore policy-controller",),
    ),
    remediation="Add a Kyverno ImageValidatingPolicy (validationActions: [Deny]) or a sigstore ClusterImagePolicy that "
    "covers the namespace.",
    judge_stack=judge_stack,
    options={
        "coveredElsewhere": text_list("Namespaces (with * for any) that a policy outside of the stack covers.", [])
    },
)
