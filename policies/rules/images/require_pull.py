"""image-pull-always: the node asks the registry for the image each time a container starts."""

from collections.abc import Iterable, Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Finding, Unjudged
from policies.options import switch
from policies.rule import Options, References, Rule
from policies.subjects.image_references import image_volumes, parsed
from policies.subjects.pods import PODS, Pod
from policies.unknowns import UNKNOWN, Field

_ALWAYS: Final = "Always"


def judge(pod: Pod, options: Options) -> Iterable[Finding]:
    """Finds every image that a node may take from its own store, without proof of the right to it."""
    containers = ((container.at("image"), container.at("imagePullPolicy")) for container in pod.containers)
    volumes = ((source.at("reference"), source.at("pullPolicy")) for source in image_volumes(pod))
    for image, policy in (*containers, *volumes):
        fix = f"set {policy.keys[-1]} to {_ALWAYS}"
        found = check(policy, TEXT, lambda it: it == _ALWAYS, fix=fix, required=pod.complete, mend=_ALWAYS)
        yield from _unless_pinned(image, found) if options["unlessPinned"] else found


def _unless_pinned(image: Field, findings: Iterable[Finding]) -> Iterator[Finding]:
    if image.value is UNKNOWN:
        yield from (Unjudged(place(image)) for _ in findings)
    elif not _is_pinned(image):
        yield from findings


def _is_pinned(image: Field) -> bool:
    reference = parsed(image.value) if isinstance(image.value, str) else None
    return reference is not None and bool(reference.digest)


RULE = Rule(
    name="image-pull-always",
    description="Containers should have imagePullPolicy Always.",
    why="An image that lies on a node already is otherwise started for any pod, without the registry's leave. What is "
    "on the node by its digest isn't sent again.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    references=References(
        checkov=("CKV_K8S_15",), kyverno=("imagepullpolicy-always",), others=("polaris", "kube-score")
    ),
    remediation="Set imagePullPolicy to Always on every container, and pullPolicy on every image volume.",
    area=PODS,
    judge=judge,
    mends=True,
    options={"unlessPinned": switch("Whether an image that is pinned by its digest needs no pull.", default=False)},
)
