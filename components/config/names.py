"""The names that people give, and the limits which Kubernetes sets them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from components.config.model import LABEL_VALUE, Matching, RefusedError

LONGEST_NAME = 40
"""A name is a label value (63) and the stem of object names: pods add 17 characters, configurations 18."""

_DNS_LABEL = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")


def checked_name(name: str) -> str:
    """Return the name if Kubernetes can carry it on every object.

    Raises:
        RefusedError: it is too long, or has characters that a DNS label can't have.
    """
    if len(name) > LONGEST_NAME:
        raise RefusedError(
            f'"{name}" has {len(name)} characters; the names of pods and configurations made from it would pass '
            f"Kubernetes' limit of 63",
            f"shorten it to {LONGEST_NAME} characters or fewer",
        )
    if not _DNS_LABEL.fullmatch(name):
        raise RefusedError(
            f'"{name}" is not a DNS label, so no Service could carry it',
            "use lower-case letters, digits and hyphens, beginning with a letter",
        )
    return name


LabelValue = Annotated[
    str,
    Matching(
        LABEL_VALUE,
        "can't be the value of a label",
        "use at most 63 letters, digits, dots, hyphens and underscores, as NVIDIA-L4",
    ),
]
Name = Annotated[str, AfterValidator(checked_name), Field(description="A DNS label.", examples=["recommender"])]
