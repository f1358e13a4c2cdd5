"""The bootstrap's program: configuration in, what stands before the first stack out.

The engine starts it with this folder as its working directory; the checkout goes last on the import path.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

sys.path.append(str(Path(__file__).resolve().parents[1]))

from components.bootstrap.component import build
from components.bootstrap.load import load


async def main() -> Mapping[str, Any]:
    """Build the stack that the engine runs; what is returned becomes its outputs."""
    return build(load())


pulumi.run(main)
