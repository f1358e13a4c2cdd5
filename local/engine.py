"""The environment of every Pulumi process: the programs it finds, where its state is, the policy pack it obeys."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.paths import STACK, Checkout
from local.toolchain.tools import Tools

CLIENT_QPS, CLIENT_BURST = "1000", "2000"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Project:
    """Where a stack runs: the folder of its program, its state's, its name, and the variables of its engine."""

    folder: Path
    backend: Path
    stack: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Engine:
    """A checkout's engine: its tools, and the folder of the offline provider where that one is used."""

    checkout: Checkout
    cache: Path
    tools: Tools
    offline_provider: Path | None = None

    def environment(self) -> dict[str, str]:
        """Variables to add to the caller's."""
        folders = [self.checkout.venv_bin, *self.tools.folders]
        if self.offline_provider:
            folders.append(self.offline_provider)
        settings = pulumi_settings(self.checkout, self.cache)
        path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
        return {**settings, **past_proxies(os.environ), "PATH": path}

    def project(self) -> Project:
        """The local stack's."""
        return Project(self.checkout.root, self.checkout.backend, STACK, self.environment())


def past_proxies(caller: Mapping[str, str]) -> dict[str, str]:
    """`NO_PROXY` and `no_proxy` with this machine added: programs differ in which of the two they read."""
    names = ("NO_PROXY", "no_proxy")
    hosts = [host.strip() for name in names for host in caller.get(name, "").split(",") if host.strip()]
    return dict.fromkeys(names, ",".join(dict.fromkeys([*hosts, *LOOPBACK_HOSTS])))


def pulumi_settings(checkout: Checkout, cache: Path) -> dict[str, str]:
    """Every variable but PATH. `PULUMI_OPTION_*` set flags, so a plain `pulumi up` obeys the policy pack as well.

    The passphrase is the stack's name: public by design, like the encryption salt in the local stack's file, so
    local state must hold no real secret.
    """
    return {
        "PULUMI_HOME": str(cache / "pulumi"),
        "PULUMI_BACKEND_URL": f"file://{checkout.backend}",
        "PULUMI_CONFIG_PASSPHRASE": STACK,
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_STACK": STACK,
        "PULUMI_K8S_CLIENT_QPS": CLIENT_QPS,
        "PULUMI_K8S_CLIENT_BURST": CLIENT_BURST,
        "PULUMI_OPTION_POLICY_PACK": str(checkout.root / "policies"),
        "PULUMI_OPTION_POLICY_PACK_CONFIG": str(checkout.root / "policies" / "config.local.json"),
        "KUBECONFIG": str(checkout.kubeconfig),
        "VIRTUAL_ENV": str(checkout.root / ".venv"),
    }
