"""The plugin's process; what `bin/aws` runs; and `python -m local.providers.aws dump <folder>`, which prints a
rehearsal's inventory.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from local.providers.aws import dump, get_token
from local.providers.aws.servicer import Servicer
from local.providers.process import serve


def main(arguments: list[str]) -> int:
    """Serve the engine, print an inventory, or give a cluster's credentials."""
    if arguments[:1] == ["dump"]:
        return dump.main(arguments[1:])
    if arguments[:1] == ["get-token"]:
        return get_token.main(arguments[1:])
    return serve(arguments, Servicer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
