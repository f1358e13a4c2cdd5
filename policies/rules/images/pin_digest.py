"""image-digest-pinned: every image is named by the digest of its content.

Where tags are allowed (development), an image needs a digest or a tag, and no tag that moves.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import switch, text_list
from policies.rule import Options, References, Rule
from policies.subjects.image_references import images, parsed
from policies.subjects.pods import PODS, Pod

_FIX: Final = "add the image's digest: name@sha256:<64 hexadecimal digits>"


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every image whose content may change under its name."""
    moving = options["forbiddenTags"]
    fix = f"{_FIX}, or a tag other than {', '.join(moving)}" if options["allowTags"] else _FIX
    for image in images(pod):
        yield from check(image, TEXT, lambda it: _is_fixed(it, options, moving), fix=fix, required=pod.complete)


def _is_fixed(reference: str, options: Options, moving: tuple[str, ...]) -> bool:
    image = parsed(reference)
    if image is None:
        return False
    return bool(image.digest) or (options["allowTags"] is True and image.tag not in ("", *moving))


RULE = Rule(
    name="image-digest-pinned",
    description="Images must be named by their digest.",
    why="A tag can be moved to other content at any time: what was tested is then not what runs.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        checkov=("CKV_K8S_14", "CKV_K8S_43"),
        kubescape=("C-0304",),
        kyverno=("require-image-digest", "disallow-latest-tag"),
        owasp=("LLM03",),
        others=("polaris", "kube-score"),
    ),
    remediation="Write the digest that the registry shows for the image behind its name: name@sha256:….",
    area=PODS,
    judge=judge,
    options={
        "allowTags": switch("Whether a tag is enough (for development).", default=False),
        "forbiddenTags": text_list(
            "Tags that move, so that they are never enough; neither is the lack of a tag.",
            ["latest", "main", "master", "develop", "dev", "edge", "nightly", "stable"],
        ),
    },
)
