"""Where things lie: one checkout's state, and the cache that all checkouts of a user share.

Nothing is written outside these two folders.
"""

import os
from dataclasses import dataclass
from pathlib import Path

STACK = "local"


def cache_folder() -> Path:
    """`$AGENT_PLATFORM_CACHE`, else `$XDG_CACHE_HOME/agent-platform`, else `~/.cache/agent-platform`."""
    if chosen := os.environ.get("AGENT_PLATFORM_CACHE"):
        return Path(chosen).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "agent-platform"


@dataclass(frozen=True)
class Checkout:
    """One working copy of the repository; its state is git-ignored and goes with `make reset`."""

    root: Path

    @classmethod
    def here(cls) -> "Checkout":
        """The checkout this package was imported from."""
        return cls(Path(__file__).resolve().parent.parent)

    @property
    def state(self) -> Path:
        """Everything that belongs to this checkout's local cloud."""
        return self.root / ".local"

    @property
    def kubeconfig(self) -> Path:
        """Admin access to the local control plane."""
        return self.state / "kubeconfig"

    @property
    def backend(self) -> Path:
        """Pulumi's file backend."""
        return self.state / "pulumi"

    @property
    def stack_file(self) -> Path:
        """The local stack's configuration: node pools and agents' settings come from here."""
        return self.root / f"Pulumi.{STACK}.yaml"

    @property
    def venv_bin(self) -> Path:
        """Scripts of the project's virtual environment."""
        return self.root / ".venv" / "bin"
