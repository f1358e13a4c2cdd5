"""image-registry-allowed: every image comes from a registry, or a folder of one, that is on the list."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import text_list
from policies.rule import Option, Options, References, Rule
from policies.subjects.image_references import images, parsed, whole_name
from policies.subjects.pods import PODS, Pod
from policies.unknowns import shown

_LISTED: Final = text_list(
    "Registries, or folders of registries, that images may come from: `registry.example.com`, `docker.io/library`.",
    ["registry.example.com"],
)


def _parse(value: object) -> object:
    return tuple(_registry(entry) for entry in _LISTED.parse(value))


def _registry(entry: str) -> str:
    image = parsed(f"{entry}/image")
    if image is None or image.name != whole_name(f"{entry.lower()}/image") or not _names_registry(entry):
        raise ValueError(
            f"{shown(entry)} is no registry. Fix: write its host, with a port and a folder if need be, "
            "like registry.example.com:5000/agents; no scheme, no wildcard, no slash at the end."
        )
    return image.name.removesuffix("/image")


def _names_registry(entry: str) -> bool:
    host = entry.partition("/")[0]
    return host == "localhost" or any(sign in host for sign in ".:")


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every image from elsewhere, and every reference that can't be read."""
    allowed = options["registries"]
    fix = f"use an image from {', '.join(allowed) or 'a registry that the option registries lists'}"
    for image in images(pod):
        yield from check(image, TEXT, lambda it: _comes_from(it, allowed), fix=fix, required=pod.complete)


def _comes_from(reference: str, allowed: tuple[str, ...]) -> bool:
    image = parsed(reference)
    return image is not None and any(image.name.startswith(f"{registry}/") for registry in allowed)


RULE = Rule(
    name="image-registry-allowed",
    description="Images must come from an allowed registry.",
    why="Whoever can publish under a public registry's name runs code in the cluster; a registry of one's own is "
    "scanned, kept and closed.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        cis_eks=("5.1.4",),
        kubescape=("C-0078", "C-0304"),
        kyverno=("restrict-image-registries",),
        owasp=("LLM03",),
    ),
    remediation="Copy the image to an allowed registry and use it from there, or have the registry listed.",
    area=PODS,
    judge=judge,
    options={"registries": Option(_LISTED.schema, _LISTED.default, _parse)},
)
