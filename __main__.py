"""The program: configuration in, the layers of one stack out."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.config.load import ROOT, load
from components.layers import build


async def main() -> Mapping[str, Any]:
    """Build the stack that the engine runs; what is returned becomes its outputs."""
    return build(await load(), ROOT)


pulumi.run(main)
