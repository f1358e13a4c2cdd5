"""sa-dedicated: a pod names a service account of its own, which the stack makes if it makes that namespace's accounts.

That pods of two agents don't share an account is another rule's business.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule, Stack
from policies.subjects.objects import Object, objects_in
from policies.subjects.placed_pods import Placed, placed_pods
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT, UNKNOWN, Field

_FIX: Final = "set serviceAccountName to a service account that is this workload's own"
_SHARED: Final = ("", "default")
_ACCOUNT: Final = "core/ServiceAccount"


def judge(pod: Pod, _options: Options) -> Iterable[Finding]:
    """Finds every pod that runs as its namespace's default account."""
    return check(_account(pod), TEXT, lambda it: it not in _SHARED, fix=_FIX, required=pod.complete)


def _account(pod: Pod) -> Field:
    """The account's name. `serviceAccount` is the field's old name, which the API server still reads."""
    name, old = pod.at("serviceAccountName"), pod.at("serviceAccount")
    return old if name.value in (ABSENT, "") and old.value is not ABSENT else name


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds every pod whose account nobody makes."""
    made = [each for each in stack.view(objects_in) if each.kind == _ACCOUNT]
    for placed in stack.view(placed_pods) if made else ():
        account = _account(placed.pod)
        if isinstance(account.value, str) and account.value not in _SHARED:
            yield from _missing(placed, account, made)


def _missing(placed: Placed, account: Field, made: list[Object]) -> Iterator[Finding]:
    near = [each for each in made if each.namespace in (placed.namespace, UNKNOWN) or placed.namespace is UNKNOWN]
    sure = placed.namespace is not UNKNOWN and UNKNOWN not in (each.namespace for each in near)
    if not near or (sure and any(each.name == account.value for each in near)):
        return
    if not sure or any(not isinstance(each.name, str) for each in near):
        yield Unjudged(place(account), placed.urn)
        return
    names = ", ".join(sorted({each.at("metadata", "name").text for each in near}))
    yield Violation(
        f"{place(account)} is {account.text}, and the stack makes no such service account in namespace "
        f"{placed.maker.namespace_text}, only {names}. Fix: name one of them, or add the missing ServiceAccount.",
        urn=placed.urn,
    )


RULE = Rule(
    name="sa-dedicated",
    description="Pods must run as a service account of their own, which exists.",
    why="All pods that name none share the default account, so that a right given to one is given to all; a pod whose "
    "account doesn't exist never starts.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        cis_eks=("4.1.5", "5.2.1"),
        checkov=("CKV_K8S_41", "CKV_K8S_42"),
        owasp=("ASI03",),
        others=("kube-linter non-existent-service-account",),
    ),
    remediation="Make a ServiceAccount for the workload and name it in serviceAccountName.",
    area=PODS,
    judge=judge,
    judge_stack=judge_stack,
)
