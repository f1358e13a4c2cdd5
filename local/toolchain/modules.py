"""The pinned Go tool modules beside this file: what each builds, with which flags, and the key of its result."""

import hashlib
import platform
import re
from dataclasses import dataclass, field
from pathlib import Path

from local.failures import LocalError

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class GoModule:
    """One upstream. `programs` maps a program to its Go package; `minutes` is a cold build on two cores."""

    name: str
    programs: dict[str, str]
    pins: str
    minutes: float
    version_symbols: tuple[str, ...] = ()
    folder: Path = field(default=HERE)

    @property
    def source(self) -> Path:
        """The folder of go.mod and go.sum."""
        return self.folder / self.name

    @property
    def version(self) -> str:
        """The version that go.mod pins for the upstream's module (`pins`), as in `v1.35.4`."""
        return pinned_version(self.source / "go.mod", self.pins)

    @property
    def title(self) -> str:
        """The programs, for a progress line."""
        return ", ".join(self.programs)

    def linker_flags(self) -> str:
        """Strip debug tables; tell the program its version where upstream's own build does."""
        symbols = []
        major, minor = self.version.removeprefix("v").split(".")[:2]
        for symbol in self.version_symbols:
            value = {"gitMajor": major, "gitMinor": minor}.get(symbol.rpartition(".")[2], self.version)
            symbols.append(f"-X {symbol}={value}")
        return " ".join(["-s", "-w", *symbols])

    def source_key(self) -> str:
        """Hash of all that decides the result but the compiler."""
        digest = hashlib.sha256()
        for part in (
            (self.source / "go.mod").read_bytes(),
            (self.source / "go.sum").read_bytes(),
            self.linker_flags().encode(),
            repr(sorted(self.programs.items())).encode(),
            f"{host_os()}-{host_architecture()}".encode(),
        ):
            digest.update(hashlib.sha256(part).digest())
        return digest.hexdigest()[:16]


def host_os() -> str:
    """The machine's operating system in Go's words."""
    return platform.system().lower()


def host_architecture() -> str:
    """The machine's architecture in Go's words."""
    machine = platform.machine().lower()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def pinned_version(go_mod: Path, module: str) -> str:
    """The version a go.mod requires of a module."""
    found = re.search(
        rf"^(?:require)?\s*{re.escape(module)}\s+(v\S+)", go_mod.read_text(encoding="utf-8"), re.MULTILINE
    )
    if not found:
        raise LocalError(f"{go_mod} does not require {module}.", "Restore it: git checkout -- local/toolchain")
    return found.group(1)


PULUMI = GoModule(
    name="pulumi",
    programs={"pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
    pins="github.com/pulumi/pulumi/pkg/v3",
    minutes=3,
    version_symbols=(
        "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
        "github.com/pulumi/pulumi/pkg/v3/version.Version",
    ),
)
PULUMI_PYTHON = GoModule(
    name="pulumi-language-python",
    programs={"pulumi-language-python": "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"},
    pins="github.com/pulumi/pulumi/sdk/v3",
    minutes=0.5,
)
KUBERNETES = GoModule(
    name="kubernetes",
    programs={
        name: f"k8s.io/kubernetes/cmd/{name}"
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
    },
    pins="k8s.io/kubernetes",
    minutes=6,
    version_symbols=tuple(f"k8s.io/component-base/version.{name}" for name in ("gitVersion", "gitMajor", "gitMinor")),
)
ETCD = GoModule(
    name="etcd", programs={"etcd": "go.etcd.io/etcd/server/v3"}, pins="go.etcd.io/etcd/server/v3", minutes=0.5
)
KWOK = GoModule(
    name="kwok",
    programs={"kwok": "sigs.k8s.io/kwok/cmd/kwok", "kwokctl": "sigs.k8s.io/kwok/cmd/kwokctl"},
    pins="sigs.k8s.io/kwok",
    minutes=2,
    version_symbols=("sigs.k8s.io/kwok/pkg/consts.Version",),
)
METRICS_SERVER = GoModule(
    name="metrics-server",
    programs={"metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server"},
    pins="sigs.k8s.io/metrics-server",
    minutes=2,
)
CONTROL_PLANE = (KUBERNETES, ETCD, KWOK, METRICS_SERVER)
