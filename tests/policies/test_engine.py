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
wanted = os.environ["RESOURCES"].split()
PRIVILEGED = {"a-bad": True, "b-good": False, "c-late": made.id.apply(lambda _: True)}
for name in PRIVILEGED:
    if name in wanted:
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
        k8s.apps.v1.Deployment(name, metadata={"name": name}, spec=spec, opts=opts)

# The SDK's own Secret marks its data; a resource made by type and properties does not.
SECRETS = {
    "d-plain": "hunter-plain",
    "e-marked": pulumi.Output.secret("hunter-marked"),
    "f-late": made.id.apply(lambda _: "hunter-late"),
}
for name in SECRETS:
    if name in wanted:
        data = {"metadata": {"name": name}, "stringData": {"password": SECRETS[name]}}
        pulumi.CustomResource("kubernetes:core/v1:Secret", name, data, opts)
if "g-default" in wanted:
    k8s.core.v1.ConfigMap("g-default", metadata={"name": "g"})
"""
COUNTING_PACK = """
import os
import sys

sys.path.insert(0, {root!r})
with open({log!r}, "a") as log:
    print(os.getpid(), os.environ["PULUMI_DRY_RUN"], file=log)

from policies.pack import serve

serve()
"""
COUNTING_MANIFEST = """description: Notes its process and is the pack.
runtime:
  name: python
  options:
    virtualenv: {venv}
version: 0.0.1
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

    def only(self, **rules: Any) -> None:
        """Leaves only these rules on, each with its level or settings."""
        config = {"all": "disabled", **{name.replace("_", "-"): settings for name, settings in rules.items()}}
        path = self.folder / "config.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        self.env["PULUMI_OPTION_POLICY_PACK_CONFIG"] = str(path)

    def run(self, command: str, resources: list[str], *args: str) -> subprocess.CompletedProcess[str]:
        """Runs an operation with these resources in the program and keeps its events."""
        self.env["RESOURCES"] = " ".join(resources)
        log = self.folder / "events.json"
        log.unlink(missing_ok=True)
        done = self.pulumi(command, "--event-log", str(log), *args)
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        self.events = [json.loads(line) for line in lines]
        return done

    def state(self) -> str:
        """The state as it is kept, secrets encrypted."""
        return self.pulumi("stack", "export").stdout

    def violations(self) -> list[dict[str, Any]]:
        """The policy events of the last operation."""
        return [event["policyEvent"] for event in self.events if "policyEvent" in event]


@pytest.fixture
def project(tmp_path: Path, tools: Tools) -> Project:
    return Project(tmp_path, tools)


def test_a_preview_shows_the_rule_with_its_level_and_severity_and_fails(project: Project) -> None:
    done = project.run("preview", ["a-bad", "b-good"])
    assert done.returncode != 0
    (event,) = [event for event in project.violations() if event["policyName"] == "pod-no-privileged"]
    assert event["enforcementLevel"] == "mandatory"
    assert event["severity"] == "critical"
    assert event["resourceUrn"].endswith("::a-bad")
    assert 'container "app" (spec.template.spec.containers[0]): securityContext.privileged is true' in event["message"]
    assert "Traceback" not in done.stdout + done.stderr


def test_an_unknown_value_is_said_at_preview_and_judged_in_up_before_the_resource_is_made(project: Project) -> None:
    project.only(pod_no_privileged="mandatory", stack_strict_unknowns="mandatory")
    previewed = project.run("preview", ["b-good", "c-late"])
    assert previewed.returncode == 0, previewed.stdout + previewed.stderr
    told = {event["policyName"]: event for event in project.violations()}
    assert {event["enforcementLevel"] for event in told.values()} == {"advisory"}
    assert "could not judge 1 value of kubernetes:apps/v1:Deployment" in told["pod-no-privileged"]["message"]
    assert "pod-no-privileged of c-late: " in told["stack-strict-unknowns"]["message"]
    updated = project.run("up", ["c-late"], "--yes", "--skip-preview")
    assert updated.returncode != 0
    (event,) = project.violations()
    assert (event["policyName"], event["enforcementLevel"]) == ("pod-no-privileged", "mandatory")
    assert "::made" in project.state()
    assert "::c-late" not in project.state()


def test_a_preview_that_must_be_known_in_full_fails_on_an_unknown_value(project: Project) -> None:
    strict = {"enforcementLevel": "mandatory", "preview": "refuse"}
    project.only(pod_no_privileged="mandatory", stack_strict_unknowns=strict)
    assert project.run("preview", ["c-late"]).returncode != 0
    (event,) = [event for event in project.violations() if event["enforcementLevel"] == "mandatory"]
    assert event["policyName"] == "stack-strict-unknowns"
    assert event["resourceUrn"].endswith("::c-late")


def test_an_expired_exemption_ends_the_run_with_its_sentence(project: Project) -> None:
    exemption = {
        "resource": "kubernetes:apps/v1:Deployment::a-bad",
        "reason": "is being rebuilt",
        "expires": "2020-01-01",
    }
    project.only(pod_no_privileged={"enforcementLevel": "mandatory", "exemptions": [exemption]})
    done = project.run("preview", ["b-good"])
    assert done.returncode != 0
    assert "expired on 2020-01-01" in done.stdout + done.stderr


def test_a_rule_that_is_set_to_mend_changes_the_resource_before_it_is_made(project: Project) -> None:
    project.only(pod_no_privileged="remediate")
    done = project.run("up", ["a-bad"], "--yes", "--skip-preview")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.violations() == []
    (mended,) = [event["policyRemediationEvent"] for event in project.events if "policyRemediationEvent" in event]
    assert (mended["policyName"], mended["resourceUrn"].rpartition("::")[2]) == ("pod-no-privileged", "a-bad")
    resources = json.loads(project.state())["deployment"]["resources"]
    (made,) = [each for each in resources if each["urn"].endswith("::a-bad")]
    (container,) = made["inputs"]["spec"]["template"]["spec"]["containers"]
    assert container["securityContext"]["privileged"] is False


def test_a_finding_of_the_whole_stack_names_its_resource_and_fails_the_preview(project: Project) -> None:
    project.only(stack_netpol_coverage="mandatory")
    done = project.run("preview", ["b-good"])
    assert done.returncode != 0
    events = project.violations()
    assert [event["resourceUrn"].rpartition("::")[2] for event in events] == ["b-good", "b-good"]
    assert {event["enforcementLevel"] for event in events} == {"mandatory"}
    assert "is selected by no NetworkPolicy of its namespace for egress" in events[1]["message"]


def test_a_value_that_is_not_marked_secret_is_refused_before_it_is_kept(project: Project) -> None:
    project.only(secret_is_marked="mandatory")  # noqa: S106 - a level
    names = ["d-plain", "e-marked", "f-late"]
    assert project.run("preview", names).returncode != 0
    told = {event["resourceUrn"].rpartition("::")[2]: event for event in project.violations()}
    assert {name: event["enforcementLevel"] for name, event in told.items()} == {
        "d-plain": "mandatory",
        "f-late": "advisory",
    }
    assert "hunter" not in json.dumps(project.violations())
    assert project.run("up", ["f-late", "e-marked"], "--yes", "--skip-preview").returncode != 0
    assert {event["resourceUrn"].rpartition("::")[2] for event in project.violations()} == {"f-late"}
    assert "::f-late" not in project.state()


def test_a_value_that_was_marked_secret_stays_encrypted_in_the_state(project: Project) -> None:
    project.only(secret_is_marked="remediate")  # noqa: S106 - a level
    done = project.run("up", ["d-plain", "e-marked", "f-late"], "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    kept = project.state()
    assert "::d-plain" in kept
    assert "hunter" not in kept
    shown = project.pulumi("stack", "export", "--show-secrets").stdout
    assert all(f"hunter-{what}" in shown for what in ("plain", "marked", "late"))


def test_a_default_provider_is_refused_itself_so_that_function_calls_are_seen_too(project: Project) -> None:
    project.only(stack_explicit_providers="mandatory")
    assert project.run("preview", ["g-default", "e-marked"]).returncode != 0
    refused = [event["resourceUrn"] for event in project.violations()]
    assert len(refused) == 2
    assert "pulumi:providers:kubernetes::default" in refused[0]
    assert refused[1].endswith("::g-default")


def test_preview_and_update_of_one_command_are_judged_by_processes_of_their_own(project: Project) -> None:
    log = project.folder / "processes"
    pack = project.folder / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text(COUNTING_MANIFEST.format(venv=sys.prefix), encoding="utf-8")
    source = COUNTING_PACK.format(root=str(PACK.parent), log=str(log))
    (pack / "__main__.py").write_text(source, encoding="utf-8")
    project.env["PULUMI_OPTION_POLICY_PACK"] = str(pack)
    project.only(stack_strict_unknowns="mandatory", pod_no_privileged="advisory")
    done = project.run("up", ["c-late"], "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    (previewing, first), (updating, second) = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    assert (first, second) == ("true", "false")
    assert previewing != updating
