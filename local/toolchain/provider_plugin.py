"""Which provider plugins run. `kubernetes`: the official one where it can be had, else the offline one of this
repository. `aws`: the official one, and in a rehearsal always the offline one.

A download that failed is not tried again for a day, so that a machine without access does not wait at every run.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from local.failures import LocalError
from local.providers.aws import CLUSTER_VARIABLE, REHEARSAL_VARIABLE
from local.providers.aws.nodes import MACHINES
from local.toolchain import download
from local.toolchain.modules import host_architecture, host_os

CHOICE_VARIABLE = "AGENT_PLATFORM_KUBERNETES_PROVIDER"
DOWNLOADS = "https://get.pulumi.com/releases/plugins"
PROGRAM = "pulumi-resource-kubernetes"
OFFLINE_FOLDER = ("local", "providers", "bin")
REHEARSAL_FOLDER = ("local", "providers", "aws", "bin")
"""A folder of its own: on PATH it shadows the official plugin, which only a rehearsal may want."""
RETRY_SECONDS = 24 * 3600
INSTALL_SECONDS = 600


@dataclass(frozen=True)
class KubernetesProvider:
    """`folder` goes on PATH where the offline provider is used; `line` says what is used and why."""

    folder: Path | None
    line: str


def choose(
    environment: dict[str, str], offline: Path, detail: Callable[[str], None] = lambda _: None
) -> KubernetesProvider:
    """Pick the provider for an engine that runs in `environment` (PATH, PULUMI_HOME)."""
    version = metadata.version("pulumi-kubernetes")
    choice = os.environ.get(CHOICE_VARIABLE, "auto")
    if choice not in {"auto", "offline", "official"}:
        raise LocalError(
            f"{CHOICE_VARIABLE} is {choice!r}.",
            "Set it to `auto`, `offline` (never download) or `official` (fail without it).",
        )
    if choice == "offline":
        return KubernetesProvider(offline, f"kubernetes provider: offline ({CHOICE_VARIABLE}=offline)")
    home = Path(environment["PULUMI_HOME"])
    if (home / "plugins" / f"resource-kubernetes-v{version}" / PROGRAM).is_file():
        return KubernetesProvider(None, f"kubernetes provider: official {version}")
    if found := _on_path(environment["PATH"]):
        return KubernetesProvider(None, f"kubernetes provider: {found} (from PATH)")
    refusal = home / f"no-resource-kubernetes-v{version}.json"
    reason = "" if choice == "official" else _remembered(refusal)
    if not reason:
        reason = _install(environment, version, detail)
        if not reason:
            refusal.unlink(missing_ok=True)
            return KubernetesProvider(None, f"kubernetes provider: official {version}, downloaded")
        home.mkdir(parents=True, exist_ok=True)
        refusal.write_text(json.dumps({"at": time.time(), "reason": reason}), encoding="utf-8")
    if choice == "official":
        raise LocalError(
            f"the official kubernetes provider {version} could not be downloaded: {reason}.",
            f"Check the network, or unset {CHOICE_VARIABLE} to use the offline provider.",
        )
    return KubernetesProvider(
        offline, f"kubernetes provider: offline (the official plugin could not be downloaded: {reason})"
    )


def rehearsal(environment: dict[str, str], root: Path, folder: Path, kubeconfig: Path | None = None) -> dict[str, str]:
    """`environment` (PATH …) in which the `aws` provider is the offline one, with its inventory in `folder`.

    With a `kubeconfig`, EKS clusters answer with that control plane, node groups become simulated nodes of it, and
    `aws eks get-token` gives its credentials.
    """
    path = os.pathsep.join([str(root.joinpath(*REHEARSAL_FOLDER)), environment["PATH"]])
    found = {**environment, "PATH": path, REHEARSAL_VARIABLE: str(folder)}
    if kubeconfig is None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MACHINES).write_text(json.dumps(_machines()), encoding="utf-8")
    return {**found, CLUSTER_VARIABLE: str(kubeconfig)}


def _machines() -> dict[str, dict[str, Any]]:
    """What nodes of each instance type offer, as the program reckons."""
    from components.config.instances import instance_types

    return {
        name: {
            "architecture": each.architecture,
            "millicores": each.allocatable_millicores,
            "memory_mi": each.allocatable_memory_mi,
            "pods": each.most_pods,
            "gpus": each.gpus,
            "gpu_product": each.gpu_product,
        }
        for name, each in instance_types().items()
    }


def _on_path(search_path: str) -> str | None:
    """The first plugin on PATH that is not an offline provider, of this checkout or another."""
    for folder in search_path.split(os.pathsep):
        found = shutil.which(PROGRAM, path=folder) if folder else None
        if found and Path(found).resolve().parent.parts[-3:] != OFFLINE_FOLDER:
            return found
    return None


def _remembered(refusal: Path) -> str:
    try:
        content = json.loads(refusal.read_text(encoding="utf-8"))
        age = time.time() - float(content["at"])
        return str(content["reason"]) if 0 <= age < RETRY_SECONDS else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _install(environment: dict[str, str], version: str, detail: Callable[[str], None]) -> str:
    """Install into PULUMI_HOME; returns why that failed, or nothing."""
    archive = f"{PROGRAM}-v{version}-{host_os()}-{host_architecture()}.tar.gz"
    try:
        download.exists(f"{DOWNLOADS}/{archive}")
    except download.DownloadError as error:
        return str(error)
    detail(f"downloading the kubernetes provider {version}")
    pulumi = shutil.which("pulumi", path=environment["PATH"]) or "pulumi"
    try:
        finished = subprocess.run(
            [pulumi, "plugin", "install", "resource", "kubernetes", version, "--non-interactive"],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"`pulumi plugin install` did not end within {INSTALL_SECONDS} s"
    if finished.returncode == 0:
        return ""
    return (finished.stderr.strip().splitlines() or [f"exit code {finished.returncode}"])[-1]
