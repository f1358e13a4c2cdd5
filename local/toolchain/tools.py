"""Where the programs are once they are there."""

from dataclasses import dataclass
from pathlib import Path

from local.failures import LocalError


@dataclass(frozen=True)
class Tools:
    """Folders of programs, in the order in which they go on PATH, and the versions that others must know."""

    folders: tuple[Path, ...]
    kubernetes_version: str

    def path(self, program: str) -> Path:
        """The program's absolute path."""
        for folder in self.folders:
            candidate = folder / program
            if candidate.is_file():
                return candidate
        raise LocalError(
            f"`{program}` is not in any tool folder ({', '.join(str(folder) for folder in self.folders)}).",
            "Run `make tools`, which builds what is missing.",
        )
