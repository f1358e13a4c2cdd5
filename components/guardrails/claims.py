"""The guardrail of claims for devices: how many of them a ResourceClaim or ResourceClaimTemplate may be for."""

from components.guardrails.cel import Check, plain, quoted
from components.guardrails.policy import policy
from components.labels import GPU_CEILING
from components.manifest import Manifest

_KINDS = {"resource.k8s.io": ["resourceclaims", "resourceclaimtemplates"]}
_CONDITIONS = {
    "its-spec-changes": 'request.operation == "CREATE" || dyn(object).spec != dyn(oldObject).spec',
    "not-made-by-the-scheduler": 'request.userInfo.username != "system:kube-scheduler"',
}
"""When claims are judged.

The scheduler claims for a whole pod what its containers ask for by the names of classes: these were judged with the
pod. An update of metadata is let through, so that a claim from before the guardrail can still be deleted.
"""

_VARIABLES = {
    "requests": """(object.kind == "ResourceClaim" ? dyn(object).spec : dyn(object).spec.spec)
      .?devices.?requests.orValue([])""",
    "forms": """variables.requests.map(r, [dyn(r)] + (has(r.exactly) ? [dyn(r.exactly)] : [])
      + r.?firstAvailable.orValue([]).map(f, dyn(f)))""",
    "count": "variables.forms.map(some, some.map(f, int(f.?count.orValue(1))).max()).sum()",
    "ceiling": f"namespaceObject.metadata.annotations[{quoted(GPU_CEILING)}]",
}
"""`forms` are for each request the objects in which it may say what it is for: itself (v1beta1), `exactly`, and each of
`firstAvailable`, of which the largest counts."""


def claims() -> Manifest:
    """Return the policy of claims for devices: devices of all classes are taken for GPUs."""
    return policy("claims", _KINDS, _checks(), _VARIABLES, _CONDITIONS)


def _checks() -> list[Check]:
    rule = "gpu-whole-and-capped"
    capped = plain(
        rule,
        "quantity(string(variables.count)).compareTo(quantity(variables.ceiling)) <= 0",
        "it asks for more devices than the team's ceiling, which is",
        "claim fewer, or have the ceiling of the team raised",
    )
    return [
        capped._replace(found=f'{capped.found} + " " + variables.ceiling'),
        plain(
            rule,
            'variables.forms.all(some, some.all(f, f.?allocationMode.orValue("ExactCount") != "All"))',
            "it asks for all devices",
            "set allocationMode to ExactCount, and count to the number of devices",
        ),
        plain(
            rule,
            "variables.forms.all(some, some.all(f, !f.?adminAccess.orValue(false)))",
            "it takes devices that other pods have",
            "remove adminAccess",
        ),
    ]
