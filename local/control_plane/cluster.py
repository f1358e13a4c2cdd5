"""One control plane in one state folder: start, stop, status.

A start has two ways only. If every component runs as configured and the API server is ready, nothing is touched.
Otherwise what is left is stopped and all is started anew over etcd's data, which heals a killed process, a stale
pid, a taken port, new programs and an interrupted start alike.
"""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.control_plane import access, kwokctl, nodes, ports, processes
from local.control_plane.client import connect
from local.control_plane.status import ComponentStatus, Status
from local.control_plane.topology import Topology
from local.failures import LocalError
from local.lock import exclusive
from local.paths import cache_folder
from local.toolchain.tools import Tools

Report = Callable[[str], None]
PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "etcd", "kwok", "metrics-server")
PKI_FILES = ("ca.crt", "ca.key", "admin.crt", "admin.key")
READY_WITHIN_SECONDS = 90
ATTEMPTS = 3


def _silent(_: str) -> None:
    return


@dataclass(frozen=True)
class ControlPlane:
    """A control plane whose data, ports, logs and kubeconfig lie in `state`."""

    state: Path

    @property
    def kubeconfig(self) -> Path:
        """Admin access, mode 0600, context `agent-platform-local`."""
        return self.state / "kubeconfig"

    @property
    def logs(self) -> Path:
        """One log per component."""
        return self.state / "logs"

    @property
    def _home(self) -> Path:
        return self.state / "control-plane"

    @property
    def _kwok_home(self) -> Path:
        return self._home / "kwok"

    @property
    def _workdir(self) -> Path:
        return self._kwok_home / "clusters" / kwokctl.CLUSTER

    @property
    def _pki(self) -> Path:
        return self._workdir / "pki"

    def start(self, tools: Tools, topology: Topology, report: Report = _silent) -> nodes.NodeChanges:
        """Bring the control plane and its nodes to what is configured; data of earlier runs are kept."""
        _refuse_white_space(self.state)
        self._home.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        ports_file = self._home / "ports.json"
        chosen = ports.load(ports_file)
        if not self._runs_as_configured(tools, chosen):
            left = processes.stop(self._home)
            if left:
                report(f"stopped what an earlier run left: {', '.join(left)}")
            # From choosing ports to listening on them: two that start at once would choose the same.
            with exclusive(cache_folder() / "start.lock", "another control plane's start", report):
                chosen = self._launch_on_free_ports(tools, chosen, report)
            ports_file.write_text(json.dumps(chosen, indent=2) + "\n", encoding="utf-8")
        access.write_kubeconfig(self.kubeconfig, chosen["kube-apiserver"], self._pki)
        with connect(self.kubeconfig) as cluster:
            cluster.serve_metrics_at(chosen["metrics-server"])
        return nodes.reconcile(self.kubeconfig, topology)

    def stop(self) -> list[str]:
        """End every process of this control plane; its data stay. Returns the components that ran."""
        return processes.stop(self._home)

    def remove(self) -> None:
        """Stop, and delete data, ports, logs and kubeconfig."""
        self.stop()
        self.kubeconfig.unlink(missing_ok=True)
        for folder in (self._home, self.logs):
            shutil.rmtree(folder, ignore_errors=True)

    def status(self) -> Status:
        """What runs now; never fails because something does not run."""
        chosen = ports.load(self._home / "ports.json")
        pids = processes.find(self._home)
        components = tuple(
            ComponentStatus(name, pids[name][0] if name in pids else None, chosen.get(name))
            for name in processes.COMPONENTS
        )
        server = access.server(chosen["kube-apiserver"]) if chosen else None
        if not pids:
            return Status("stopped", components, None, server, 0, 0, self.kubeconfig)
        missing = [component.name for component in components if component.pid is None]
        if missing or not access.is_ready(chosen.get("kube-apiserver", 0), self._pki):
            problem = f"not running: {', '.join(missing)}" if missing else "the API server is not ready"
            return Status("degraded", components, None, server, 0, 0, self.kubeconfig, problem)
        version, ready, total = self._ask()
        return Status("running", components, version, server, ready, total, self.kubeconfig)

    def _ask(self) -> tuple[str, int, int]:
        with connect(self.kubeconfig) as cluster:
            found = cluster.nodes()
            return cluster.version(), len(nodes.ready_nodes(found)), len(found)

    def _configuration(self, tools: Tools, chosen: dict[str, int]) -> str:
        binaries = {program: tools.path(program) for program in PROGRAMS}
        return kwokctl.configuration(binaries, chosen, self._home / "etcd", tools.kubernetes_version)

    def _runs_as_configured(self, tools: Tools, chosen: dict[str, int]) -> bool:
        running = processes.find(self._home)
        if set(chosen) != set(ports.ROLES) or set(running) != set(processes.COMPONENTS):
            return False
        if any(len(pids) != 1 for pids in running.values()):
            return False
        if self._started_with() != _digest(self._configuration(tools, chosen)):
            return False
        return access.is_ready(chosen["kube-apiserver"], self._pki)

    def _started_with(self) -> str:
        try:
            return (self._home / "started-with").read_text(encoding="utf-8")
        except OSError:
            return ""

    def _launch_on_free_ports(self, tools: Tools, kept: dict[str, int], report: Report) -> dict[str, int]:
        """Launch; where a foreign program takes a port in the meantime, once more on other ports."""
        for attempt in range(1, ATTEMPTS + 1):
            chosen = ports.choose(self.state, kept)
            taken = [str(kept[role]) for role in kept if chosen.get(role) != kept[role]]
            if taken:
                report(f"ports taken by other programs, others chosen: {', '.join(taken)}")
            try:
                self._launch(tools, chosen)
            except LocalError as error:
                processes.stop(self._home)
                if attempt == ATTEMPTS or "address already in use" not in error.details:
                    raise
                kept = chosen
            except BaseException:
                processes.stop(self._home)
                raise
            else:
                break
        return chosen

    def _launch(self, tools: Tools, chosen: dict[str, int]) -> None:
        configuration = self._configuration(tools, chosen)
        started_with = self._home / "started-with"
        started_with.unlink(missing_ok=True)
        self._prepare_workdir()
        config_file = self._home / "kwokctl.yaml"
        config_file.write_text(configuration, encoding="utf-8")
        self._kwokctl(tools, ["create", "cluster", "--config", str(config_file), *kwokctl.FLAGS])
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not access.is_ready(chosen["kube-apiserver"], self._pki):
            self._fail_if_one_ended(deadline)
            time.sleep(0.05)
        started_with.write_text(_digest(configuration), encoding="utf-8")

    def _prepare_workdir(self) -> None:
        """Kwokctl keeps an existing cluster's settings and links, so they go; certificates stay unless half-made."""
        (self._workdir / "kwok.yaml").unlink(missing_ok=True)
        for folder in ("bin", "pids"):
            shutil.rmtree(self._workdir / folder, ignore_errors=True)
        if not all((self._pki / name).is_file() and (self._pki / name).stat().st_size for name in PKI_FILES):
            shutil.rmtree(self._pki, ignore_errors=True)
        self._workdir.mkdir(parents=True, exist_ok=True)
        link = self._workdir / "logs"
        if link.is_symlink():  # it may lead to where the checkout was before it was moved
            link.unlink()
        shutil.rmtree(link, ignore_errors=True)
        link.symlink_to(self.logs)

    def _kwokctl(self, tools: Tools, arguments: list[str]) -> None:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("KWOK_", "KUBECONFIG"))},
            "KWOK_WORKDIR": str(self._kwok_home),
            "PATH": os.pathsep.join([str(tools.path("kubectl").parent), os.environ.get("PATH", os.defpath)]),
        }
        command = [str(tools.path("kwokctl")), "--name", kwokctl.CLUSTER, *arguments]
        log = self.logs / "kwokctl.log"
        with log.open("w", encoding="utf-8") as output:
            finished = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
            )
        if finished.returncode:
            raise LocalError(
                f"kwokctl could not start the control plane (exit code {finished.returncode}).",
                f"Full log: {log}. Run the command again; `make reset` starts from nothing.",
                _tail(log),
            )

    def _fail_if_one_ended(self, deadline: float) -> None:
        missing = [name for name in processes.COMPONENTS if name not in processes.find(self._home)]
        if time.monotonic() < deadline and not missing:
            return
        name = missing[0] if missing else "kube-apiserver"
        reason = "ended" if missing else f"was not ready after {READY_WITHIN_SECONDS} s"
        log = self.logs / f"{name}.log"
        raise LocalError(
            f"{name} {reason} while the control plane started.",
            f"Full log: {log}. Run the command again; `make reset` starts from nothing.",
            _tail(log),
        )


def start(state: Path, tools: Tools, topology: Topology, report: Report = _silent) -> ControlPlane:
    """Start (or heal) the control plane of a state folder and bring its nodes to `topology`."""
    plane = ControlPlane(state)
    plane.start(tools, topology, report)
    return plane


def _refuse_white_space(state: Path) -> None:
    """Kwokctl cuts paths at white space and would write to what is left of them."""
    if any(character.isspace() for character in str(state)):
        raise LocalError(
            f"the path `{state}` contains white space, and kwokctl can't run a control plane in it; "
            "nothing was started or written there.",
            "Move the checkout to a path without spaces and run the command again.",
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _tail(log: Path, lines: int = 12) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
