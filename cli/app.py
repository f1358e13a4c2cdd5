"""The root of `agentctl`: its command groups and what holds for all of them.

Exit codes: 0 all is well, 1 something is refused, 2 wrong use or unreadable input, 130 interrupted.
"""

import typer

from cli.console import complain
from cli.environment.commands import destroy, preview, up
from cli.failures import WrongUseError
from cli.pack.commands import policies
from cli.quotas.commands import quotas
from local.failures import LocalError

INTERRUPTED = 130

app = typer.Typer(
    name="agentctl",
    help="Work on the agent platform. Exit codes: 0 all is well, 1 something is refused, "
    "2 wrong use or unreadable input, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (up, preview, destroy, quotas):
    app.command()(command)
app.add_typer(policies)


def main() -> None:
    """Run `agentctl`; a failure is a sentence and an exit code, never a traceback."""
    try:
        app()
    except WrongUseError as error:
        complain(f"error: {error}")
        raise SystemExit(2) from None
    except LocalError as error:
        complain(f"error: {error}")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        complain("interrupted")
        raise SystemExit(INTERRUPTED) from None
