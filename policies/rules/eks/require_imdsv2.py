"""nodes-imdsv2-hop1: the metadata service wants a session token, and answers the node itself only.

A node group without a launch template gets EKS's own, whose answers reach pods (hop limit 2).
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import INTEGER, TEXT, check, unless
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.machines import MACHINES, NODE_GROUP, VOLUME, Machine
from policies.unknowns import ABSENT

_FIX_TOKENS: Final = 'set metadataOptions.httpTokens to "required"'
_FIX_HOPS: Final = "set metadataOptions.httpPutResponseHopLimit to 1"
_FIX_GROUP: Final = "set launchTemplate to one whose metadataOptions require tokens and a hop limit of 1"


def judge(machine: Machine, _options: Options) -> Iterator[Finding]:
    """Finds a machine whose metadata service answers without a token, or answers pods."""
    if machine.type == NODE_GROUP:
        if machine.at("launchTemplate").value is ABSENT:
            yield Violation(f"launchTemplate is not set. Fix: {_FIX_GROUP}.")
    elif machine.type != VOLUME:
        yield from unless(machine.at("metadataOptions", "httpEndpoint"), "disabled", _findings(machine))


def _findings(machine: Machine) -> Iterator[Finding]:
    options = machine.at("metadataOptions")
    required = machine.complete
    yield from check(
        options.at("httpTokens"),
        TEXT,
        lambda it: it == "required",
        fix=_FIX_TOKENS,
        required=required,
        mend="required",
    )
    hops = options.at("httpPutResponseHopLimit")
    yield from check(hops, INTEGER, lambda it: it == 1, fix=_FIX_HOPS, required=required, mend=1)


RULE = Rule(
    name="nodes-imdsv2-hop1",
    description="Nodes must require IMDSv2 tokens and a hop limit of 1.",
    why="Otherwise a pod that can be made to fetch a URL reads the credentials of its node.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_79", "CKV_AWS_341"), owasp=("ASI03",)),
    remediation='Set metadataOptions to {httpTokens: "required", httpPutResponseHopLimit: 1}.',
    area=MACHINES,
    judge=judge,
    mends=True,
)
