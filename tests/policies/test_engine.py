"""The pack under the real engine, with a provider that answers without a cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.toolchain import Tools

pytestmark = pytest.mark.engine

PACK = Path(__file__).parents[2] / "policies"
PROVIDER = """#!{python}
import sys
from pulumi.provider.experimental import provider as p, server

class Echo(p.Provider):
    async def check_config(self, request): return p.CheckResponse(inputs=request.new_inputs)
    async def diff_config(self, request): return p.DiffResponse(changes=False)
    async def configure(self, request): return p.ConfigureResponse(accept_secrets=True)
    async def check(self, request): return p.CheckResponse(inputs=request.new_inputs)
    async def diff(self, request): return p.DiffResponse(changes=False)
    async def create(self, request): return p.CreateResponse(resource_id="an-id", properties=request.properties)
    async def delete(self, request): return None

server.main(sys.argv[1:], "4.0.0", Echo())
"""
PROGRAM = """
import os

import pulumi
import pulumi_kubernetes as k8s

opts = pulumi.ResourceOptions(provider=k8s.Provider("cluster", kubeconfig="{}"))
made = k8s.core.v1.ConfigMap("made", metadata={"name": "made"}, opts=opts)
PRIVILEGED = {"a-bad": True, "b-good": False, "c-late": made.id.apply(lambda _: True)}
for name in PRIVILEGED:
    if name in os.environ["DEPLOYMENTS"].split():
        security = {
            "privileged": PRIVILEGED[name],
            "allow_privilege_escalation": False,
            "capabilities": {"drop": ["ALL"]},
        }
        pod = {
            "security_context": {"run_as_non_root": True, "seccomp_profile": {"type": "RuntimeDefault"}},
            "containers": [{"name": "app", "image": "x", "security_context": security}],
        }
        template = {"metadata": {"labels": {"app": name}}, "spec": pod}
        spec = {"selector": {"match_labels": {"app": name}}, "template": template}
        k8s.apps.v1.Deployment(name, spec=spec, opts=opts)
"""


class Project:
    """A Pulumi project of its own with its own state, judged by the pack."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.folder = folder
        self.events: list[dict[str, Any]] = []
        self._pulumi = str(tools.path("pulumi"))
        (folder / "bin").mkdir()
        (folder / "state").mkdir()
        provider = folder / "bin" / "pulumi-resource-kubernetes"
        provider.write_text(PROVIDER.format(python=sys.executable), encoding="utf-8")
        provider.chmod(0o700)
        (folder / "Pulumi.yaml").write_text("name: judged\nruntime: python\n", encoding="utf-8")
        (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
            "PATH": os.pathsep.join(
                [*map(str, (folder / "bin", Path(sys.executable).parent, *tools.folders)), os.environ["PATH"]]
            ),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DEBUG_COMMANDS": "true",
            "PULUMI_OPTION_POLICY_PACK": str(PACK),
            "PULUMI_OPTION_POLICY_PACK_CONFIG": str(PACK / "config.local.json"),
        }
        self.pulumi("stack", "init", "dev")

    def pulumi(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Runs the CLI in the project, without a question asked."""
        command = [self._pulumi, "--non-interactive", "--color", "never", *args]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False, timeout=300
        )

    def run(self, command: str, deployments: list[str], *args: str) -> subprocess.CompletedProcess[str]:
        """Runs an operation with these deployments in the program and keeps its events."""
        self.env["DEPLOYMENTS"] = " ".join(deployments)
        log = self.folder / "events.json"
        log.unlink(missing_ok=True)
        done = self.pulumi(command, "--event-log", str(log), *args)
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        self.events = [json.loads(line) for line in lines]
        return done

    def violations(self) -> list[dict[str, Any]]:
        """The policy events of the last operation."""
        return [event["policyEvent"] for event in self.events if "policyEvent" in event]


@pytest.fixture
def project(tmp_path: Path, tools: Tools) -> Project:
    return Project(tmp_path, tools)


def test_a_preview_shows_the_rule_with_its_level_and_severity_and_fails(project: Project) -> None:
    done = project.run("preview", ["a-bad", "b-good"])
    assert done.returncode != 0
    (event,) = project.violations()
    assert event["policyName"] == "pod-no-privileged"
    assert event["enforcementLevel"] == "mandatory"
    assert event["severity"] == "critical"
    assert event["resourceUrn"].endswith("::a-bad")
    assert 'container "app" (spec.template.spec.containers[0]): securityContext.privileged is true' in event["message"]
    assert "Traceback" not in done.stdout + done.stderr


def test_a_good_stack_passes_a_preview(project: Project) -> None:
    done = project.run("preview", ["b-good"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.violations() == []


def test_an_unknown_value_is_said_at_preview_and_judged_in_up_before_the_resource_is_made(project: Project) -> None:
    previewed = project.run("preview", ["c-late"])
    assert previewed.returncode == 0, previewed.stdout + previewed.stderr
    (event,) = project.violations()
    assert event["enforcementLevel"] == "advisory"
    assert "could not judge 1 value of kubernetes:apps/v1:Deployment" in event["message"]
    updated = project.run("up", ["c-late"], "--yes", "--skip-preview")
    assert updated.returncode != 0
    (event,) = project.violations()
    assert (event["policyName"], event["enforcementLevel"]) == ("pod-no-privileged", "mandatory")
    made = project.pulumi("stack", "export").stdout
    assert "::made" in made
    assert "::c-late" not in made


def test_an_expired_exemption_ends_the_run_with_its_sentence(project: Project) -> None:
    config = project.folder / "config.json"
    exemption = {
        "resource": "kubernetes:apps/v1:Deployment::a-bad",
        "reason": "is being rebuilt",
        "expires": "2020-01-01",
    }
    config.write_text(json.dumps({"pod-no-privileged": {"exemptions": [exemption]}}), encoding="utf-8")
    project.env["PULUMI_OPTION_POLICY_PACK_CONFIG"] = str(config)
    done = project.run("preview", ["b-good"])
    assert done.returncode != 0
    assert "expired on 2020-01-01" in done.stdout + done.stderr
