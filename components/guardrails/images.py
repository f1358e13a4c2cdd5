"""The guardrail of what code may run."""

from components.guardrails.cel import each, quoted
from components.guardrails.policy import for_pods
from components.labels import ALLOWED_REGISTRIES
from components.manifest import Manifest

_ALLOWED = f"variables.team[{quoted(ALLOWED_REGISTRIES)}]"
_HOST = r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\]"
_PART = r"[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*"
_NAME = rf"(({_HOST})(:[0-9]+)?/)?{_PART}(/{_PART})*"
_TAG = r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?"
_DIGEST = r"@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})"
"""https://github.com/distribution/reference"""

_IMAGES = """variables.containers.map(c, dyn({"name": c.?name.orValue("?"), "image": c.?image.orValue("")}))
  + variables.volumes.filter(v, has(v.image)).map(v,
    dyn({"name": dyn("mounted as volume " + v.name), "image": v.image.?reference.orValue("")}))"""
_REGISTRY = f"""c.image.matches({quoted(rf"^{_NAME}{_TAG}({_DIGEST})?$")})
  && {_ALLOWED}.split(",").exists(registry, c.image.startsWith(registry + "/"))"""


def images() -> Manifest:
    """Return the policy that holds images to the team's registries and to digests, those of image volumes too.

    An image is to name its registry: that `nginx` is one of Docker Hub is not guessed.
    """
    registry = each(
        "image-registry-allowed",
        _REGISTRY,
        "has an image that is not from an allowed registry; allowed:",
        "use an image from one of these, or have the registry listed in the platform's settings",
        among="images",
    )
    return for_pods(
        "images",
        [
            registry._replace(found=f'{registry.found} + " " + {_ALLOWED}'),
            each(
                "image-digest-pinned",
                f"c.image.matches({quoted(rf'^{_NAME}{_TAG}{_DIGEST}$')})",
                "has an image that is not pinned by digest",
                "write registry/repository@sha256:<digest>",
                among="images",
            ),
        ],
        {"images": _IMAGES},
    )
