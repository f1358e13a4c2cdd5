"""stack-explicit-providers: AWS and Kubernetes are reached by providers that the program made and bounded.

The engine makes a default provider wherever a resource or a function call names none, and judges that provider too:
so a call (an invoke), which packs never see, is found by the default provider that it needs. Components have no
provider and are not concerned.
"""

import json
import re
from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects.typed import Typed, typed
from policies.unknowns import ABSENT, UNKNOWN, Field, shown

_PROVIDERS = ("pulumi:providers:aws", "pulumi:providers:kubernetes")
_AWS = "pulumi:providers:aws"
_PACKAGES = ("aws:", "kubernetes:")
_DEFAULT_NAME = re.compile(r"default(_.*)?", re.DOTALL)
_FIX = "make one provider in the program and hand it on with ResourceOptions(provider=…)"


def _concerns(token: str) -> bool:
    return token in _PROVIDERS or token.startswith(_PACKAGES)


def _subjects(resource: Resource) -> tuple[Typed, ...]:
    return (typed(resource),)


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds a default provider, a resource that uses one, and an AWS provider that is not bounded."""
    provider = subject.resource.provider
    if subject.type not in _PROVIDERS:
        if provider is not None and not provider.explicit:
            yield Violation(f"is made by the default provider {shown(provider.name)}. Fix: {_FIX}.")
    elif _DEFAULT_NAME.fullmatch(subject.resource.name):
        yield Violation(f"a resource or a function call uses the default provider. Fix: {_FIX}, calls included.")
    elif subject.type == _AWS:
        yield from _accounts(subject.at("allowedAccountIds"), options["accounts"])
        yield from _region(subject.at("region"), options["regions"])


def _accounts(field: Field, allowed: tuple[str, ...]) -> Iterator[Finding]:
    fix = "set allowedAccountIds to the accounts that this stack may change"
    listed = _plain(field)
    if listed.value is ABSENT or listed.value == []:
        yield Violation(f"{place(field)} is not set. Fix: {fix}.")
    elif not isinstance(listed.value, list):
        yield unreadable(listed, "a list", fix)
    for account in listed.items() if isinstance(listed.value, list) else ():
        yield from check(account, TEXT, lambda it: not allowed or it in allowed, fix=f"{fix}, as text")


def _plain(field: Field) -> Field:
    """The list: a provider's lists and objects come as text that holds JSON."""
    if not isinstance(field.value, str):
        return field
    try:
        value = json.loads(field.value)
    except (ValueError, RecursionError):
        return field
    return field.replaced(value=value)


def _region(field: Field, allowed: tuple[str, ...]) -> Iterator[Finding]:
    fix = f"set region to one of {', '.join(allowed)}" if allowed else "set region"
    if field.value is UNKNOWN:
        yield Unjudged(place(field))
    else:
        yield from check(field, TEXT, lambda it: not allowed or it in allowed, fix=fix, required=True)


RULE = Rule(
    name="stack-explicit-providers",
    description="AWS and Kubernetes resources must use explicit providers, and AWS providers must name their accounts.",
    why="A default provider takes account, region and cluster from whatever the shell happens to be logged in to.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("ASI03",), others=("pulumi:disable-default-providers",)),
    remediation="Make providers in the program, with allowedAccountIds and region for AWS, and pass them explicitly.",
    area=Area(concerns=_concerns, subjects=_subjects),
    judge=judge,
    options={
        "accounts": text_list("The AWS accounts that a provider may name; any if empty.", ()),
        "regions": text_list("The AWS regions that a provider may use; any if empty.", ()),
    },
)
