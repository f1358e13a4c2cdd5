"""All tools at once, in order, with a line for each one that takes time."""

import os
from pathlib import Path

from local.failures import LocalError
from local.progress import Step, say
from local.toolchain import pulumi_cli
from local.toolchain.download import DownloadError
from local.toolchain.golang import NO_GO, Go, build_tool, installed, trim
from local.toolchain.modules import CONTROL_PLANE, KUBERNETES, PULUMI, PULUMI_PYTHON, GoModule
from local.toolchain.pulumi_cli import PulumiCli
from local.toolchain.tools import Tools

STEPS = 1 + len(CONTROL_PLANE)
NOTEWORTHY_SECONDS = 1.0


def ensure(cache: Path, *, download: bool = True) -> Tools:
    """The tools of this checkout's pins, fetched and built where they are not in the cache yet."""
    folder = cache / "tools"
    go, refusal = _go(cache)
    try:
        cli = _pulumi(go, folder, download=download)
        built = [_module(module, number, go, folder) for number, module in enumerate(CONTROL_PLANE, start=2)]
        if (cache / "go" / "build").is_dir():
            say(f"all tools are built; cleared {trim(cache, say) >> 20} MB of intermediate files")
    except LocalError as error:
        raise refusal or error from None
    except OSError as error:
        raise LocalError(
            f"the cache folder {cache} could not be written: {error}.",
            "Free space or permissions there, or set AGENT_PLATFORM_CACHE to another folder; what is built is kept.",
        ) from error
    say(f"tools: {cli.origin}; Kubernetes {KUBERNETES.version}")
    return Tools((*cli.folders, *built), KUBERNETES.version)


def _go(cache: Path) -> tuple[Go | None, LocalError | None]:
    """Go, or why the one on PATH will not do, which matters only where something must be built."""
    try:
        return Go.find(cache), None
    except LocalError as error:
        return None, error


def _pulumi(go: Go | None, folder: Path, *, download: bool) -> PulumiCli:
    found, reason = pulumi_cli.on_path(os.environ.get("PATH", os.defpath))
    if found:
        return found
    if all(installed(module, go, folder) for module in (PULUMI, PULUMI_PYTHON)):
        return pulumi_cli.built(go, folder, lambda _: None)
    title = f"[1/{STEPS}] pulumi {PULUMI.version}"
    refusal = ""
    if download:
        with Step(title, quiet_below=NOTEWORTHY_SECONDS) as step:
            try:
                cli = pulumi_cli.downloaded(folder, step.detail)
            except DownloadError as error:
                step.result = "no official download"
                refusal = str(error)
            else:
                step.result = "downloaded"
                return cli
        say(f"{title}  {reason}; no official download ({refusal}); building it from the pinned sources")
    with Step(title, _about(PULUMI.minutes + PULUMI_PYTHON.minutes)) as step:
        step.result = "built"
        return pulumi_cli.built(go, folder, step.detail)


def _module(module: GoModule, number: int, go: Go | None, folder: Path) -> Path:
    ready = installed(module, go, folder)
    if ready:
        return ready / "bin"
    if go is None:
        raise LocalError(f"{module.title} must be built, and there is no `go` on PATH.", NO_GO)
    with Step(f"[{number}/{STEPS}] {module.title}", _about(module.minutes)) as step:
        step.result = "built"
        return build_tool(module, go, folder, step.detail) / "bin"


def _about(minutes: float) -> str:
    return f"about {minutes:g} min the first time" if minutes >= 1 else "less than a minute the first time"
