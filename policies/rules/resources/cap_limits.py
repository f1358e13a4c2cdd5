"""pod-limit-ceiling: no container gets more CPU or memory than the ceiling, nor a limit far above its request.

Ceilings hold for a container, and for the pod where it sets resources as a whole.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place
from policies.findings import Finding, Violation
from policies.options import quantity_text, ratio
from policies.quantities import exceeds, quantity
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import asked, check_amount
from policies.unknowns import ABSENT, Field

_RATIOS: Final = {"cpu": "cpuRatio", "memory": "memoryRatio"}


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every request and limit above its ceiling, and every limit too far above its request."""
    for holder in (pod.spec, *pod.containers):
        if holder.at("resources").value is ABSENT:
            continue
        for name, ratio_name in _RATIOS.items():
            request, limit = asked(holder, name)
            yield from _under(request, name, options[name])
            yield from _under(limit, name, options[name])
            yield from _near(request, limit, options[ratio_name])


def _under(field: Field, name: str, ceiling: Fraction) -> Iterable[Finding]:
    if field.value is ABSENT:
        return ()
    amount = quantity(field.value)
    if amount is not None and not exceeds(amount, ceiling):
        return ()
    written = f"{float(ceiling):g} cores" if name == "cpu" else f"{float(ceiling / 2**30):g}Gi"
    fix = f"ask for {written} at most, or have the ceiling raised"
    return check_amount(field, ceiling.__ge__, fix=fix)


def _near(request: Field, limit: Field, most: Fraction) -> Iterator[Finding]:
    if request.value is ABSENT or limit.value is ABSENT:
        return
    requested, limited = quantity(request.value), quantity(limit.value)
    if requested is not None and limited is not None and _too_far(requested, limited, most):
        fix = f"raise the request or lower the limit, until the limit is {float(most):g} times the request at most"
        yield Violation(f"{place(limit)} is {limit.text} for a request of {request.text}. Fix: {fix}.")


def _too_far(request: Fraction, limit: Fraction, most: Fraction) -> bool:
    over, under = most.as_integer_ratio()
    return limit.numerator * request.denominator * under > request.numerator * limit.denominator * over


RULE = Rule(
    name="pod-limit-ceiling",
    description="Requests and limits must be under the ceiling, and limits near their requests.",
    why="One container must not starve its node, and limits far above requests promise more than the node has.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(kubescape=("C-0303",), kyverno=("enforce-resources-as-ratio",), owasp=("LLM10",)),
    remediation="Lower resources.limits under the ceiling, and raise resources.requests to near the limits.",
    area=PODS,
    judge=judge,
    options={
        "cpu": quantity_text("The most CPU that one container may have.", "16"),
        "memory": quantity_text("The most memory that one container may have.", "64Gi"),
        "cpuRatio": ratio("How many times its CPU request a container's limit may be.", 4),
        "memoryRatio": ratio("How many times its memory request a container's limit may be.", 2),
    },
)
