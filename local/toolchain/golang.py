"""Go, and building a pinned tool module with it.

Sources, compiled packages and Go's own counters stay in the cache folder. cgo is off, so no C compiler is needed.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.failures import LocalError
from local.lock import exclusive
from local.toolchain import store
from local.toolchain.modules import GoModule

OLDEST_GO = (1, 21)
NO_GO = "Install Go 1.21 or newer (https://go.dev/dl/, or your system's package `golang`) and run the command again."
CAUSES = (
    (r"no space left on device", "the disk is full", "Free about 10 GB in {cache} and run the command again."),
    (
        r"dial tcp|i/o timeout|no such host|connection refused|TLS handshake|proxyconnect|EOF$",
        "Go's module proxy could not be reached",
        "Check the network (or `go env GOPROXY`) and run the command again; what is downloaded already is kept.",
    ),
    (
        r"SECURITY ERROR|checksum mismatch",
        "a downloaded source does not match its hash in go.sum",
        "The proxy served other bytes than the pinned ones: do not go on; compare with another network or proxy.",
    ),
    (
        r"signal: killed|cannot allocate memory",
        "memory ran out",
        "Close other programs (3 GB are needed) and retry.",
    ),
    (
        r"requires go >= |toolchain not available",
        "this Go is too old and the newer one it needs could not be downloaded",
        NO_GO,
    ),
)


@dataclass(frozen=True)
class Go:
    """A Go command with everything it writes bound to the cache folder."""

    cache: Path
    command: str
    release: str

    @classmethod
    def find(cls, cache: Path) -> "Go | None":
        """The `go` on PATH, or None; one that is too old is refused."""
        command = shutil.which("go")
        if command is None:
            return None
        asked = subprocess.run(
            [command, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "GOTOOLCHAIN": "local"},
        )
        if asked.returncode:
            raise LocalError(f"`{command} env` failed.", NO_GO, asked.stderr.strip())
        version = re.match(r"go(\d+)\.(\d+)", asked.stdout)
        if version is None or (int(version[1]), int(version[2])) < OLDEST_GO:
            raise LocalError(f"{command} is {asked.stdout.strip()}, older than Go 1.21.", NO_GO)
        return cls(cache, command, f"go{version[1]}.{version[2]}")

    def environment(self) -> dict[str, str]:
        """The caller's environment, with Go's folders and flags set."""
        own = self.cache / "go"
        settings = subprocess.run([self.command, "env", "GOENV"], capture_output=True, text=True, check=False)
        return {
            **os.environ,
            "GOENV": settings.stdout.strip() or "off",
            "GOPATH": str(own),
            "GOMODCACHE": str(own / "mod"),
            "GOCACHE": str(own / "build"),
            "GOBIN": "",
            "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
            "GOTOOLCHAIN": "auto",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
            "XDG_CONFIG_HOME": str(own / "config"),
        }

    def build(self, module: GoModule, target: Path, detail: Callable[[str], None]) -> None:
        """Build the module's programs into `target`; `detail` hears how far it is."""
        log = self.cache / "logs" / f"build-{module.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as output:
            for program, package in module.programs.items():
                self._build_one(module, program, package, target, detail, output.write, log)

    def _build_one(
        self,
        module: GoModule,
        program: str,
        package: str,
        target: Path,
        detail: Callable[[str], None],
        write: Callable[[str], object],
        log: Path,
    ) -> None:
        command = [self.command, "build", "-v", "-trimpath", "-ldflags", module.linker_flags()]
        command += ["-o", str(target / program), package]
        tail: list[str] = []
        compiled = 0
        with subprocess.Popen(
            command,
            cwd=module.source,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                write(line)
                tail = [*tail[-11:], line.rstrip()]
                if line.startswith("go: downloading "):
                    detail(f"downloading {line.split()[2]}")
                else:
                    compiled += 1
                    detail(f"compiling {program} ({compiled} packages)")
        if process.returncode:
            raise _explained(module, program, tail, log, self.cache)

    def module_folder(self, module: GoModule, path: str) -> Path:
        """The folder of a module's verified source, downloaded if it is not there."""
        finished = subprocess.run(
            [self.command, "mod", "download", "-json", path],
            cwd=module.source,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            lines = (finished.stderr or finished.stdout).splitlines()[-12:]
            raise _explained(module, path, lines, module.source / "go.mod", self.cache)
        return Path(json.loads(finished.stdout)["Dir"])


def trim(cache: Path, waiting: Callable[[str], None]) -> int:
    """Delete compiled packages, nine tenths of what a build leaves besides sources; returns the bytes freed."""
    folder = cache / "go" / "build"
    with exclusive(cache / "tools" / store.LOCK, "clearing intermediate files", waiting):
        size = sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file())
        shutil.rmtree(folder, ignore_errors=True)
    return size


def build_key(module: GoModule, go: Go) -> str:
    """The name of the folder of a finished build."""
    return f"{module.name}-{module.source_key()}-{go.release}"


def installed(module: GoModule, go: Go | None, tools: Path) -> Path | None:
    """The folder of a finished build. Where Go is gone since, a build by any release of it will do."""
    if go:
        folder = tools / build_key(module, go)
        return folder if folder.is_dir() else None
    builds = sorted(tools.glob(f"{module.name}-{module.source_key()}-go*"))
    return next((build for build in builds if build.is_dir()), None)


def build_tool(
    module: GoModule, go: Go, tools: Path, detail: Callable[[str], None], extra: Callable[[Path], None] | None = None
) -> Path:
    """The folder of a finished build, built now if it is not there. `extra` adds files beside the programs."""

    def make(draft: Path) -> None:
        go.build(module, draft / "bin", detail)
        if extra:
            extra(draft / "bin")

    tools.mkdir(parents=True, exist_ok=True)
    return store.install(tools / build_key(module, go), make, detail)


def _explained(module: GoModule, program: str, tail: list[str], log: Path, cache: Path) -> LocalError:
    text = "\n".join(tail)
    reason, remedy = "see the lines above", "Run the command again; what is built already is kept."
    for pattern, cause, cure in CAUSES:
        if re.search(pattern, text, re.MULTILINE):
            reason, remedy = cause, cure.format(cache=cache)
            break
    return LocalError(f"building {program} {module.version} failed: {reason}.", f"{remedy}\nFull log: {log}", text)
