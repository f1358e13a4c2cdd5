"""pod-apparmor: no AppArmor profile but RuntimeDefault and Localhost, by field or by the older annotation."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Change, Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT

_FIX = "set the AppArmor profile to RuntimeDefault or remove it"
_FIX_ANNOTATION = "remove the annotation and use securityContext.appArmorProfile"
_ALLOWED = frozenset({"RuntimeDefault", "Localhost"})
_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every other profile on the pod, on its containers and in its annotations."""
    for place in (pod.spec, *pod.containers):
        profile = place.at("securityContext", "appArmorProfile")
        if profile.value is not ABSENT:
            for found in check(profile.at("type"), TEXT, _ALLOWED.__contains__, fix=_FIX, required=pod.complete):
                # Not set to RuntimeDefault: a node without AppArmor refuses pods that name any profile.
                yield found._replace(edits=profile.edit(Change.REMOVE)) if isinstance(found, Violation) else found
    for name, annotation in pod.metadata.at("annotations").entries():
        if not name or name.startswith(_ANNOTATION):
            yield from check(annotation, TEXT, _allowed_annotation, fix=_FIX_ANNOTATION, mend=Change.REMOVE)


def _allowed_annotation(value: str) -> bool:
    return value in ("", "runtime/default") or value.startswith("localhost/")


RULE = Rule(
    name="pod-apparmor",
    description="Pods must not turn AppArmor off.",
    why="An unconfined container loses the mandatory access control that the runtime's own profile gives.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(pod_security=("baseline",)),
    remediation="Remove appArmorProfile, or set its type to RuntimeDefault or Localhost; remove the old annotations.",
    area=PODS,
    judge=judge,
    mends=True,
)
