"""The regions of AWS that environments may be in."""

from typing import Annotated

from pydantic import AfterValidator

from components.config.model import Matching, RefusedError

_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-")
"""How their regions begin: https://docs.aws.amazon.com/general/latest/gr/rande.html"""


def _commercial(region: str) -> str:
    if region.startswith(_OTHER_PARTITIONS):
        reason = f"{region} is in a partition of AWS of its own, where names, endpoints and prices are others"
        raise RefusedError(reason, "choose a region of the commercial partition, as eu-central-1")
    return region


Region = Annotated[
    str,
    Matching(r"[a-z]{2,4}(-[a-z]+)+-[0-9]", "is not the name of a region", "write it as eu-central-1"),
    AfterValidator(_commercial),
]
