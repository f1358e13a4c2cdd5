"""stack-strict-unknowns: at the end nothing of a mandatory rule is left unjudged.

The dispatcher asks this rule last. At preview what is unknown is said in one sentence, since the update judges it
before it creates anything, unless `preview: refuse` asks for a stack that is known in full. In an update nothing can
be unknown any more, so that what is left was made without having been judged.
"""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Unjudged, Violation
from policies.options import choice
from policies.rule import AnyRule, Options, References, Rule, Stack

NAME = "stack-strict-unknowns"


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds, by rule and resource, what mandatory rules could not judge."""
    refuses = not stack.preview or options["preview"] == "refuse"
    for (rule, urn), places in sorted(stack.unjudged.items()):
        if rule == NAME:
            continue
        if refuses:
            yield Violation(
                f"{rule} is mandatory and could not judge {'; '.join(places)}. "
                "Fix: give plain values instead of outputs, or make what they come from in an earlier stack.",
                urn=urn,
            )
        else:
            resource = urn.rpartition("::")[2] or "the stack"
            yield from (Unjudged(f"{rule} of {resource}: {place}") for place in places)


RULE: AnyRule = Rule(
    name=NAME,
    description="Mandatory rules must have judged every value of every resource.",
    why="What a rule could not read it did not approve: a value that hides behind an output would pass unseen.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(others=("pulumi-policy#258",)),
    remediation="Give plain values instead of outputs for what rules look at.",
    judge_stack=judge_stack,
    options={"preview": choice("What a preview does with unknown values.", "report", ("report", "refuse"))},
)
