"""Check environments without an engine: `python -m components.config dev prod`; default: all that have files."""

import sys
from pathlib import Path

from components.config.environment import StacksOfEnvironment, environments, made_by, read_environment
from components.config.load import ROOT
from components.config.problems import ConfigurationError
from components.config.stack_files import stack_name


def main(arguments: list[str]) -> int:
    """Check each environment; print what its stacks hold, or everything that is wrong. Exit code 1 when refused."""
    if arguments and arguments[0] in ("-h", "--help"):
        sys.stdout.write(f"{__doc__}\nusage: python -m components.config [ENVIRONMENT or its first stack file ...]\n")
        return 0
    refused = 0
    for argument in arguments or environments(ROOT):
        path = Path(argument)
        root, name = (path.parent, stack_name(path)) if path.suffix == ".yaml" else (ROOT, argument)
        try:
            sys.stdout.write(_described(read_environment(root, name)))
        except ConfigurationError as error:
            sys.stderr.write(f"{name}: {error}\n")
            refused = 1
    return refused


def _described(environment: StacksOfEnvironment) -> str:
    lines = [f"{environment.name}: {len(environment.agents)} agents in {len(environment.names)} stacks, all right\n"]
    for stack in environment.stacks:
        agents = f", {len(made_by(stack))} agents" if made_by(stack) else ""
        lines.append(f"  {stack.stack:<24}{', '.join(stack.layers)}{agents}\n")
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
