"""One scenario, run: a namespace and a stack of its own, step by step, and what was seen at each."""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from tests.conformance.comparing import normal, owners

_PROGRAM = Path(__file__).with_name("program.py")
_WATCHED = ["configmaps", "secrets", "services", "deployments.apps"]
_ALWAYS_THERE = ("kube-root-ca.crt", "kubernetes")
_PARTS = ("preview", "up", "refresh", "destroy")

Step = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where one scenario happens."""

    namespace: str
    folder: Path
    stack: automation.Stack


@dataclass(frozen=True)
class Runner:
    """Scenarios against one plugin and one cluster."""

    plugins: Path
    kubeconfig: Path

    def scenario(self, path: Path) -> list[Step]:
        """What was seen at each step of a scenario."""
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        namespace, folder = f"conf-{uuid.uuid4().hex[:10]}", Path(tempfile.mkdtemp())
        self._kubectl("create", "namespace", namespace)
        try:
            place = Place(namespace, folder, self._stack(folder))
            return [self._step(spec, step, place) for step in spec["steps"]]
        finally:
            for command in spec.get("cleanup", []):
                self._kubectl(*command.replace("$ns", namespace).split())
            self._kubectl("delete", "namespace", namespace, "--wait=false")
            shutil.rmtree(folder, ignore_errors=True)

    def _stack(self, folder: Path) -> automation.Stack:
        (folder / "state").mkdir()
        shutil.copy(_PROGRAM, folder / "__main__.py")
        (folder / "Pulumi.yaml").write_text("name: conformance\nruntime:\n  name: python\n", encoding="utf-8")
        environment = {
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "KUBECONFIG": "/dev/null",
            "PATH": f"{self.plugins}:{os.environ['PATH']}",
            "PULUMI_HOME": os.environ.get("PULUMI_HOME", str(folder / "home")),
        }
        workspace = automation.LocalWorkspaceOptions(env_vars=environment)
        return automation.create_or_select_stack("s", work_dir=str(folder), opts=workspace)

    def _step(self, spec: Step, step: Step, place: Place) -> Step:
        provider = {
            "kubeconfig": self.kubeconfig.read_text(encoding="utf-8"),
            **spec.get("provider", {}),
            **step.get("provider", {}),
        }
        description = json.dumps({"resources": step.get("resources", []), "provider": provider})
        (place.folder / "step.json").write_text(description.replace("$ns", place.namespace), encoding="utf-8")
        seen: Step = {"kubectl": [self._outside(command, place.namespace) for command in step.get("kubectl", [])]}
        run = step.get("run", "up")
        if run in ("up", "preview"):
            seen["preview"] = _watch(place.stack.preview)
        if run != "preview":
            seen[run] = _watch(getattr(place.stack, run))
        state = place.stack.export_stack().deployment or {}
        resources = [r for r in state.get("resources", []) if r.get("custom") and not r["type"].startswith("pulumi:")]
        names = _generated_names(resources)
        seen["state"] = {_logical(r): normal(_told(r), place.namespace, names) for r in resources}
        seen["pending"] = len(state.get("pending_operations") or [])
        seen["objects"] = self._objects(spec.get("watch", _WATCHED), place.namespace, names)
        for part in _PARTS:
            if part in seen:
                seen[part]["messages"] = normal(seen[part]["messages"], place.namespace, names)
        return seen

    def _objects(self, kinds: list[str], namespace: str, names: dict[str, str]) -> Step:
        found: Step = {}
        for kind in kinds:
            answer = self._kubectl("get", kind, "-n", namespace, "-o", "json", "--show-managed-fields").stdout
            for obj in json.loads(answer or "{}").get("items", []):
                if obj["metadata"]["name"] not in _ALWAYS_THERE:
                    key = normal(f"{obj['kind']}/{obj['metadata']['name']}", namespace, names)
                    body = {field: item for field, item in obj.items() if field != "status"}
                    found[key] = {"owners": owners(obj), "object": normal(body, namespace, names)}
        return found

    def _outside(self, command: Any, namespace: str) -> int:
        """A change from outside: a kubectl command line, or {args, stdin} with a manifest."""
        if isinstance(command, dict):
            line, manifest = command["args"], json.dumps(command["stdin"]).replace("$ns", namespace)
        else:
            line, manifest = command, None
        return self._kubectl(*shlex.split(line.replace("$ns", namespace)), manifest=manifest).returncode

    def _kubectl(self, *words: str, manifest: str | None = None) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        return subprocess.run(
            ["kubectl", *words], input=manifest, text=True, capture_output=True, env=environment, check=False
        )


def _logical(resource: Step) -> str:
    return str(resource["urn"]).split("::")[-1]


def _generated_names(resources: list[Step]) -> dict[str, str]:
    names = {}
    for resource in resources:
        logical, metadata = _logical(resource), resource.get("outputs", {}).get("metadata")
        name = str(metadata.get("name")) if isinstance(metadata, dict) else ""
        if re.fullmatch(re.escape(logical) + "-[0-9a-f]{8}", name):
            names[name] = f"{logical}-<auto>"
    return names


def _told(resource: Step) -> Step:
    """What of a resource's state is compared; of a status, only that it is there."""
    outputs = resource.get("outputs", {})
    return {
        "type": resource["type"],
        "id": resource.get("id"),
        "inputs": resource.get("inputs", {}),
        "outputs": {key: key == "status" or value for key, value in outputs.items()},
        "initErrors": len(resource.get("initErrors", [])),
    }


def _watch(run: Callable[..., Any]) -> Step:
    """What one engine run said: success, resources that failed, operations, messages."""
    events: list[automation.EngineEvent] = []
    try:
        run(on_event=events.append)
        ok = True
    except automation.CommandError:
        ok = False
    operations = [_operation(event.resource_pre_event.metadata) for event in events if event.resource_pre_event]
    failed = {e.res_op_failed_event.metadata.urn.split("::")[-1] for e in events if e.res_op_failed_event}
    messages = set()
    for diagnostic in (event.diagnostic_event for event in events):
        if diagnostic is None or diagnostic.severity not in ("error", "warning") or "$PATH" in diagnostic.message:
            continue
        plain = re.sub("\x1b.[0-9;]*m", "", diagnostic.message).strip()[:600]
        messages.add(f"{diagnostic.severity}: {plain}")
        if diagnostic.severity == "error" and diagnostic.urn and "pulumi:pulumi:Stack" not in diagnostic.urn:
            failed.add(diagnostic.urn.split("::")[-1])
    return {
        "ok": ok,
        "failed": sorted(failed),
        "ops": sorted(operation for operation in operations if operation is not None),
        "messages": sorted(messages),
    }


def _operation(metadata: automation.StepEventMetadata) -> list[Any] | None:
    if metadata.type.startswith("pulumi:"):
        return None
    detail = sorted(f"{path}:{_text(change.diff_kind)}" for path, change in (metadata.detailed_diff or {}).items())
    return [_text(metadata.op), metadata.type, metadata.urn.split("::")[-1], sorted(metadata.keys or []), detail]


def _text(value: Any) -> str:
    return str(getattr(value, "value", value))
