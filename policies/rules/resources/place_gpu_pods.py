"""gpu-placement: pods that ask for GPUs select and tolerate the nodes of their maker, and no others do either.

Nodes are labelled by the makers' operators and tainted with one name for all that the maker's nodes offer: NVIDIA's
with nvidia.com/gpu, MIG slices or not, Intel's with gpu.intel.com/i915, xe or not. Kubernetes' admission plugin
ExtendedResourceToleration tolerates the name of the resource that is asked for, which is another for slices, cores
and xe, so that pods are to write the toleration themselves. A GPU pod that names its node goes around both. A
toleration of every taint is refused in any pod. A Patch may leave both to another owner.

By dynamic resource allocation the scheduler selects a node that has the device, of whatever maker, so that of labels
and taints nothing is demanded or refused, and only a named node is. A pod is taken for one with such a device if a
container asks for a class (deviceclass.resource.kubernetes.io/...), or if the option `claims` names what the pod
claims: what that is stands in other objects. Pods with other claims may not tolerate the taints, so that no claim
brings them to a GPU node.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Change, Finding, Unjudged, Violation
from policies.options import text_list
from policies.quantities import quantity
from policies.rule import Option, Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import DEVICE_CLASS, GPU_NODES, gpu_demands, unreadable_demands
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object, shown

_PRESENT: Final = "true"
_FIX_READ: Final = "write the demands as an object, so that it shows whether the pod asks for GPUs"
_FIX_SELECTOR: Final = "write the labels of nodes as an object, each with its value as a string"
_FIX_BLANKET: Final = "name the key of the taint that the pod is to tolerate"
_FIX_NAME: Final = "remove it, and let nodeSelector and tolerations place the pod"
_FIX_LEAVE: Final = "remove it, since no container asks for such GPUs"
_FIX_CLAIM: Final = f"{_FIX_LEAVE}, or list the claim that does in the option claims"


class _Makers(NamedTuple):
    """The labels or the taints of all nodes with GPUs: by the beginning of the resource's name, and all."""

    by_prefix: Mapping[str, str]
    all: frozenset[str]


class _Rules(NamedTuple):
    """What a pod must have and may not have: labels or taints."""

    wanted: tuple[str, ...]
    refused: frozenset[str]


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds GPU pods that could run elsewhere or nowhere, and other pods that could take a GPU node's place."""
    labels, taints, patterns = options["nodes"]["label"], options["nodes"]["taint"], options["claims"]
    demands = [demand for container in pod.containers for demand in gpu_demands(container)]
    named = [name for name, field in demands if name and quantity(field.value) != 0]
    asked = tuple(key for key in GPU_NODES if any(name.startswith(key) for name in named))
    claimed = list(_claimed(pod)) if patterns else []
    by_class = any(name.startswith(DEVICE_CLASS) for name in named)
    claims = by_class or any(_is_listed(name.value, patterns) for name in claimed)
    unclear = [] if asked else [*unreadable_demands(demands, _FIX_READ), *_unclear(claimed)]
    yield from unclear
    if asked or claims:
        yield from check(pod.at("nodeName"), TEXT, lambda it: it == "", fix=_FIX_NAME, mend=Change.REMOVE)
    judged = pod.complete and not unclear and not claims
    yield from _selection(pod, _rules(labels, asked, judged=judged))
    yield from _tolerations(pod, _rules(taints, asked, judged=judged))


def _claimed(pod: Pod) -> Iterator[Field]:
    for claim in pod.at("resourceClaims").items():
        yield from (claim.at(key) for key in ("resourceClaimName", "resourceClaimTemplateName"))


def _is_listed(name: object, patterns: tuple[str, ...]) -> bool:
    return isinstance(name, str) and any(fnmatchcase(name, pattern) for pattern in patterns)


def _unclear(claimed: list[Field]) -> Iterator[Finding]:
    for name in claimed:
        if name.value is not ABSENT and not isinstance(name.value, str):
            yield unreadable(name, "a name", "write the name as a string")


def _rules(makers: _Makers, asked: tuple[str, ...], *, judged: bool) -> _Rules:
    wanted = tuple(dict.fromkeys(makers.by_prefix[prefix] for prefix in asked))
    return _Rules(wanted, makers.all.difference(wanted) if judged else frozenset())


def _fix_leave(pod: Pod) -> str:
    return _FIX_LEAVE if pod.at("resourceClaims").value is ABSENT else _FIX_CLAIM


def _selection(pod: Pod, labels: _Rules) -> Iterator[Finding]:
    selector = pod.at("nodeSelector")
    if selector.value is not ABSENT and not is_object(selector.value):
        if labels.wanted or labels.refused:
            yield unreadable(selector, "an object", _FIX_SELECTOR)
        return
    for label in labels.wanted:
        field, fix = pod.at("nodeSelector", label), f'set nodeSelector["{label}"] to "{_PRESENT}"'
        yield from check(field, TEXT, lambda it: it == _PRESENT, fix=fix, required=pod.complete, mend=_PRESENT)
    for label, field in selector.entries():
        if label in labels.refused:
            yield from check(field, TEXT, lambda it: it != _PRESENT, fix=_fix_leave(pod), mend=Change.REMOVE)


def _tolerations(pod: Pod, taints: _Rules) -> Iterator[Finding]:
    listed = pod.at("tolerations")
    refused: list[Finding] = []
    kept: list[Field] = []
    for item in listed.items():
        found = list(_refused(pod, item, taints))
        refused += found
        if not any(isinstance(finding, Violation) for finding in found):
            kept.append(item)
    lacking = {taint: lack for taint in taints.wanted if pod.complete and (lack := _lacking(listed, kept, taint))}
    if not refused and not lacking:
        return
    wanted = [item.value for item in kept] + [_toleration(taint) for taint in lacking]
    edits = listed.edit(wanted or Change.REMOVE) if _plain(wanted) and not _reveals(listed, kept) else ()
    for finding in (*refused, *lacking.values()):
        yield finding._replace(edits=edits) if isinstance(finding, Violation) else finding


def _refused(pod: Pod, item: Field, taints: _Rules) -> Iterator[Finding]:
    key = item.at("key")
    if key.value is ABSENT:
        yield Violation(f"{place(item)} tolerates every taint. Fix: {_FIX_BLANKET}.")
    yield from check(key, TEXT, lambda it: it != "", fix=_FIX_BLANKET)
    if isinstance(key.value, str) and key.value in taints.refused:
        yield from check(key, TEXT, lambda _: False, fix=_fix_leave(pod))


def _toleration(taint: str) -> dict[str, str]:
    return {"key": taint, "operator": "Exists", "effect": "NoSchedule"}


def _lacking(listed: Field, kept: list[Field], taint: str) -> Finding | None:
    effects = [item.at("effect") for item in kept if item.at("key").value == taint]
    if any(effect.value in (ABSENT, "", "NoSchedule") for effect in effects):
        return None
    unknown = next((effect for effect in effects if effect.value is UNKNOWN), None)
    if unknown is not None:
        return Unjudged(place(unknown))
    if any(item.at("key").value is UNKNOWN for item in kept):
        return None
    fix = f"add {{key: {taint}, operator: Exists, effect: NoSchedule}} to tolerations"
    return Violation(f"{place(listed)} has none for the taint of GPU nodes. Fix: {fix}.")


def _reveals(listed: Field, kept: list[Field]) -> bool:
    return not listed.secret and any(item.secret for item in kept)


def _plain(value: object) -> bool:
    if isinstance(value, dict | list):
        return all(map(_plain, value.values() if isinstance(value, dict) else value))
    return value is None or isinstance(value, str | int)


def _parsed(value: object) -> dict[str, _Makers]:
    """Labels and taints."""
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not an object. Fix: write {{resource: {{label, taint}}}}.")  # noqa: TRY004
    for key, given in value.items():
        if key not in GPU_NODES:
            raise ValueError(f"{shown(key)} begins no GPU's name. Fix: write one of {', '.join(GPU_NODES)}.")
        words = given if isinstance(given, dict) else {"": given}
        if not all(name in GPU_NODES[key] and isinstance(word, str) and word for name, word in words.items()):
            raise ValueError(
                f"{shown(key)}: {shown(given)} is no label and taint. Fix: write {{label, taint}} as text."
            )
    merged = {key: {**own, **value.get(key, {})} for key, own in GPU_NODES.items()}
    labels, taints = ({key: each[what] for key, each in merged.items()} for what in ("label", "taint"))
    return {"label": _Makers(labels, frozenset(labels.values())), "taint": _Makers(taints, frozenset(taints.values()))}


_WORD: Final = {"type": "string", "minLength": 1}
_MAKER: Final = {"type": "object", "additionalProperties": False, "properties": {"label": _WORD, "taint": _WORD}}
_SCHEMA: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": dict.fromkeys(GPU_NODES, _MAKER),
    "description": "The label (with the value true) and the taint of each maker's nodes, by the beginning of the "
    "resource's name. What is left out stays as it is.",
}

RULE = Rule(
    name="gpu-placement",
    description="Pods that ask for GPUs must select and tolerate the nodes of their maker, and other pods must not.",
    why="Other pods on a GPU node keep its dear GPUs idle, and GPU pods that don't ask for one may wait for ever.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(owasp=("LLM10",), others=("NVIDIA",)),
    remediation='Set nodeSelector["nvidia.com/gpu.present"] to "true" and tolerate nvidia.com/gpu in pods that ask for '
    "GPUs of NVIDIA only, and likewise with the label and the taint of other makers.",
    area=PODS,
    judge=judge,
    mends=True,
    options={
        "nodes": Option(_SCHEMA, GPU_NODES, _parsed),
        "claims": text_list(
            "Names of the ResourceClaims and ResourceClaimTemplates that ask for GPUs, * for any text.", ()
        ),
    },
)
