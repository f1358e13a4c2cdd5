"""Check a stack's configuration without an engine: `python -m components.config Pulumi.local.yaml`."""

import sys
from pathlib import Path

from components.config.load import ROOT, read_stack_file
from components.config.problems import ConfigurationError


def main(arguments: list[str]) -> int:
    """Check each stack file named; print what it holds, or everything that is wrong. Exit code 1 when refused."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(f"{__doc__}\nusage: python -m components.config STACK_FILE [STACK_FILE ...]\n")
        return 0 if arguments else 2
    refused = 0
    for argument in arguments:
        path = Path(argument)
        try:
            config = read_stack_file(path, ROOT / "agents")
        except ConfigurationError as error:
            sys.stderr.write(f"{error}\n")
            refused = 1
        else:
            sys.stdout.write(f"{path.name}: {len(config.agents)} agents in {len(config.teams)} teams, all right\n")
    return refused


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
