"""How a check is said in CEL: the words for pods that all guardrails share, and checks of containers.

CEL: https://kubernetes.io/docs/reference/using-api/cel/
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from components.labels import TRUST

COMPONENT = "app.kubernetes.io/component"
PODS = {
    "": ["pods", "pods/ephemeralcontainers", "pods/resize", "podtemplates", "replicationcontrollers"],
    "apps": ["deployments", "replicasets", "statefulsets", "daemonsets"],
    "batch": ["jobs", "cronjobs"],
}
"""All built-in kinds that make pods. Their `status` and `scale` are not here, so no guardrail costs them anything."""

_TEMPLATE = """dyn(o).kind == "Pod" ? dyn(o)
  : dyn(o).kind == "PodTemplate" ? dyn(o).template
  : dyn(o).kind == "CronJob" ? dyn(o).spec.jobTemplate.spec.template
  : dyn(o).spec.template"""

_JUDGED_BY_ITS_OWNER = """object.kind in ["ReplicaSet", "Job"]
  && object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false)
    && [o.apiVersion, o.kind] in [["apps/v1", "Deployment"], ["batch/v1", "CronJob"]])"""

_POD_CHANGES = f"""request.operation == "CREATE"
  || [[dyn(object), dyn(oldObject)].map(o, {_TEMPLATE}).map(t, [
      dyn(t).spec,
      dyn(t).?metadata.?annotations.orValue({{}}),
      dyn(dyn(t).?metadata.?labels[?{json.dumps(TRUST)}].orValue("")),
      dyn(dyn(t).?metadata.?labels[?{json.dumps(COMPONENT)}].orValue(""))])].all(pair, pair[0] != pair[1])"""

CONDITIONS = {
    "not-judged-by-its-owner": f"!({_JUDGED_BY_ITS_OWNER})",
    "its-pod-changes": _POD_CHANGES,
}
"""When pods are judged.

A ReplicaSet of a Deployment is not reported beside it: its pods are judged once more as they are made. An update that
leaves the pod as it was (replicas, finalizers, labels that no rule reads) is let through, so that a pod from before a
guardrail can still be drained and deleted; Pod Security does the same.
"""

VARIABLES = {
    "template": f"[object].map(o, {_TEMPLATE})[0]",
    "pod": "variables.template.spec",
    "windows": 'variables.pod.?os.?name.orValue("") == "windows"',
    "running": "variables.pod.?initContainers.orValue([]) + variables.pod.?containers.orValue([])",
    "containers": "variables.running + variables.pod.?ephemeralContainers.orValue([])",
    "places": """[dyn({"name": dyn("of the pod itself"),
      "securityContext": variables.pod.?securityContext.orValue({})})] + variables.containers""",
    "volumes": "variables.pod.?volumes.orValue([])",
    "team": "namespaceObject.metadata.annotations",
}
"""What checks speak of. `running` are the containers that may have resources and probes; ephemeral ones may not."""


class Check(NamedTuple):
    """One rule of the policy pack as CEL: whether it holds, and what is wrong where it does not."""

    rule: str
    holds: str
    found: str
    fix: str

    @property
    def message(self) -> str:
        """What is said where `found` can't be, for example because a name has a line break."""
        return f"{self.rule}: refused. Fix: {self.fix}."

    @property
    def message_expression(self) -> str:
        """The CEL of what is said."""
        return f"{quoted(f'{self.rule}: ')} + {self.found} + {quoted(f'. Fix: {self.fix}.')}"


def quoted(text: str) -> str:
    """Return a CEL string literal."""
    return json.dumps(text)


def listed(values: Iterable[str]) -> str:
    """Return a CEL list of strings."""
    return f"[{', '.join(map(quoted, values))}]"


def plain(rule: str, holds: str, found: str, fix: str) -> Check:
    """Return a check whose finding is a fixed sentence."""
    return Check(rule, holds, quoted(found), fix)


def each(rule: str, holds: str, found: str, fix: str, among: str = "containers", unless: str = "false") -> Check:
    """Return a check that holds if it holds of each container `c`; the message names those of which it does not."""
    names = f'variables.{among}.filter(c, !({holds})).map(c, dyn(c).?name.orValue("?")).join(", ")'
    noun = "volume " if among == "volumes" else "container "
    expression = f"variables.{among}.all(c, {holds})"
    return Check(
        rule,
        expression if unless == "false" else f"{unless} || {expression}",
        f"{quoted(noun)} + {names} + {quoted(f' {found}')}",
        fix,
    )
