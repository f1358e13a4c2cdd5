"""The Pulumi CLI with its Python language host: the user's own, else the official download, else a build.

The user's own is taken only with `pulumi-language-python` beside it, since a CLI and a language host of different
releases need not understand each other. Download and build are of the version that `pulumi/go.mod` pins.
"""

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.failures import LocalError
from local.toolchain import download, store
from local.toolchain.golang import NO_GO, Go, build_tool, installed
from local.toolchain.modules import PULUMI, PULUMI_PYTHON, host_architecture, host_os

OLDEST = (3, 220, 0)
DOWNLOADS = "https://get.pulumi.com/releases/sdk"
DOWNLOADS_VARIABLE = "AGENT_PLATFORM_PULUMI_DOWNLOADS"
LANGUAGE_HOST = "pulumi-language-python"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
# Parts of the Python language host that the Go build does not make; it looks for them beside itself.
SCRIPTS = (
    "python/cmd/pulumi-language-python-exec",
    "python/dist/pulumi-analyzer-policy-python",
    "python/dist/pulumi-resource-pulumi-python",
)


@dataclass(frozen=True)
class PulumiCli:
    """Folders for PATH, and a phrase that says which CLI this is and where it is from."""

    folders: tuple[Path, ...]
    origin: str


def on_path(search_path: str) -> tuple[PulumiCli | None, str]:
    """The CLI on PATH if it will do; else None and why not."""
    found = shutil.which("pulumi", path=search_path)
    if found is None:
        return None, "no pulumi on PATH"
    asked = subprocess.run([found, "version"], capture_output=True, text=True, check=False, timeout=60)
    version = re.match(r"v?(\d+)\.(\d+)\.(\d+)", asked.stdout.strip())
    if version is None:
        return None, f"{found} does not tell its version"
    if tuple(int(part) for part in version.groups()) < OLDEST:
        return None, f"{found} is {version[0]}, older than {'.'.join(map(str, OLDEST))}"
    for folder in (Path(found).parent, Path(found).resolve().parent):
        if (folder / LANGUAGE_HOST).is_file():
            return PulumiCli((folder,), f"pulumi {version[0].removeprefix('v')} from {found}"), ""
    return None, f"{found} has no {LANGUAGE_HOST} beside it"


def downloaded(tools: Path, detail: Callable[[str], None]) -> PulumiCli:
    """The official release, verified against its published checksums. Raises DownloadError."""
    version = PULUMI.version.removeprefix("v")
    architecture = {"amd64": "x64"}.get(host_architecture(), host_architecture())
    name = f"pulumi-v{version}-{host_os()}-{architecture}.tar.gz"
    base = os.environ.get(DOWNLOADS_VARIABLE, DOWNLOADS).rstrip("/")

    def make(draft: Path) -> None:
        checksums = download.text(f"{base}/pulumi-{version}-checksums.txt")
        archive = draft / name
        download.file(f"{base}/{name}", archive, download.published_sha256(checksums, name), detail)
        detail("unpacking")
        with tarfile.open(archive) as content:
            content.extractall(draft, filter="data")
        archive.unlink()
        (draft / "pulumi").rename(draft / "bin")
        if not (draft / "bin" / LANGUAGE_HOST).is_file():
            raise download.DownloadError(f"{base}/{name}: holds no {LANGUAGE_HOST}")

    tools.mkdir(parents=True, exist_ok=True)
    folder = store.install(tools / name.removesuffix(".tar.gz"), make, detail)
    return PulumiCli((folder / "bin",), f"pulumi {version}, official download")


def built(go: Go | None, tools: Path, detail: Callable[[str], None]) -> PulumiCli:
    """CLI and language host built from the pinned modules; the scripts are copied from the same sources."""
    origin = f"pulumi {PULUMI.version.removeprefix('v')}, built from pinned sources"
    if go is None:
        ready = [installed(module, go, tools) for module in (PULUMI, PULUMI_PYTHON)]
        folders = tuple(folder / "bin" for folder in ready if folder)
        if len(folders) != len(ready):
            raise LocalError("Pulumi must be built, and there is no `go` on PATH.", NO_GO)
        return PulumiCli(folders, origin)

    def add_scripts(target: Path) -> None:
        sources = go.module_folder(PULUMI, SDK_MODULE)
        for script in SCRIPTS:
            copy = target / Path(script).name
            shutil.copyfile(sources / script, copy)
            copy.chmod(0o755)

    cli = build_tool(PULUMI, go, tools, detail)
    host = build_tool(PULUMI_PYTHON, go, tools, detail, add_scripts)
    return PulumiCli((cli / "bin", host / "bin"), origin)
