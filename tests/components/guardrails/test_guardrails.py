"""What the API server refuses in a team's namespace, whoever asks."""

import copy
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from components.agent import workload
from components.config.team import Team
from components.guardrails import policies
from components.manifest import Manifest
from components.team import bundle
from local.toolchain import Tools
from tests.components.conftest import make_agent

pytestmark = pytest.mark.cluster
TEAM = Team.model_validate(
    {
        "name": "guarded",
        "group": "people",
        "quota": {"cpu": 10, "memory": "10Gi", "gpus": 1, "pods": 20},
        "ceiling": {"cpu": 2, "memory": "1Gi", "gpus": 1},
    }
)
AGENT = make_agent("guarded/helper")
Change = Callable[[Manifest], object]


class Api:
    """The API server, asked by kubectl."""

    def __init__(self, tools: Tools, kubeconfig: Path) -> None:
        self._command = [str(tools.path("kubectl")), "--kubeconfig", str(kubeconfig)]

    def ask(self, *arguments: str, **manifest: Any) -> subprocess.CompletedProcess[str]:
        command = [*self._command, *arguments]
        return subprocess.run(command, input=json.dumps(manifest), text=True, capture_output=True, check=False)

    def apply(self, api_version: str, kind: str, manifest: Manifest, *flags: str) -> subprocess.CompletedProcess[str]:
        flags = ("apply", "--server-side", "-f", "-", *flags)
        return self.ask(*flags, apiVersion=api_version, kind=kind, **manifest)


@pytest.fixture(scope="module")
def api(tools: Tools, kubeconfig: Path) -> Iterator[Api]:
    """Return an API server with the guardrails in force and one team."""
    made = Api(tools, kubeconfig)
    first: list[tuple[str, str, Manifest]] = []
    for policy in (policies.images(), policies.resources(), policies.identities()):
        first.append(("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", policy))
        binding = policies.binding(policy)
        first.append(("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", binding))
    first += [
        ("v1", "Namespace", bundle.namespace(TEAM, ("registry.example.com",))),
        ("scheduling.k8s.io/v1", "PriorityClass", bundle.priority_class(TEAM)),
        ("v1", "ServiceAccount", workload.service_account(AGENT)),
    ]
    for api_version, kind, manifest in first:
        answer = made.apply(api_version, kind, manifest)
        assert answer.returncode == 0, answer.stderr
    _until_in_force(made)
    yield made
    made.ask("delete", "namespace", TEAM.namespace, "--wait=false")
    for policy in (policies.images(), policies.resources(), policies.identities()):
        name = policy["metadata"]["name"]
        made.ask("delete", f"validatingadmissionpolicybinding/{name}", f"validatingadmissionpolicy/{name}")


def _until_in_force(api: Api) -> None:
    """Wait for the API server to watch the new policies: until each refuses what it must."""
    broken: list[Change] = [
        lambda pod: pod["containers"][0].update(image="evil.example.com/a@sha256:" + "a" * 64),
        lambda pod: pod["containers"][0].pop("resources"),
        lambda pod: pod.update(serviceAccountName="default"),
    ]
    deadline = time.monotonic() + 30
    while any(_try(api, change).returncode == 0 for change in broken):
        assert time.monotonic() < deadline, "the admission policies did not come into force"
        time.sleep(0.2)


def _try(api: Api, change: Change, kind: str = "Deployment") -> subprocess.CompletedProcess[str]:
    deployment = copy.deepcopy(workload.deployment(AGENT))
    template = deployment["spec"]["template"]
    change(template["spec"])
    if kind == "Pod":
        metadata = {**deployment["metadata"], "name": "probe"}
        return api.apply("v1", "Pod", {"metadata": metadata, "spec": template["spec"]}, "--dry-run=server")
    if kind == "CronJob":
        template["spec"]["restartPolicy"] = "Never"
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}}
        return api.apply("batch/v1", "CronJob", {"metadata": deployment["metadata"], "spec": spec}, "--dry-run=server")
    return api.apply("apps/v1", "Deployment", deployment, "--dry-run=server")


def _plain(container: Manifest) -> Manifest:
    """Return a container as an init container may be: it has no probes, ports or hooks."""
    kept = ("image", "resources", "securityContext")
    return {"name": "first", **{key: container[key] for key in kept}}


KINDS = ["Deployment", "Pod", "CronJob"]
REFUSED: dict[str, tuple[Change, str]] = {
    "an image from another registry": (
        lambda pod: pod["containers"][0].update(image="evil.example.com/a@sha256:" + "a" * 64),
        "not from an allowed registry",
    ),
    "a registry whose name only begins as an allowed one": (
        lambda pod: pod["containers"][0].update(image="registry.example.com.evil.net/a@sha256:" + "a" * 64),
        "not from an allowed registry",
    ),
    "an image by tag": (
        lambda pod: pod["containers"][0].update(image="registry.example.com/a:latest"),
        "not pinned by digest",
    ),
    "an init container's image by tag": (
        lambda pod: pod.update(initContainers=[{**_plain(pod["containers"][0]), "image": "registry.example.com/a:1"}]),
        "not pinned by digest",
    ),
    "no memory limit": (
        lambda pod: pod["containers"][0]["resources"]["limits"].pop("memory"),
        "no CPU or memory limit",
    ),
    "no limits": (lambda pod: pod["containers"][0]["resources"].pop("limits"), "no CPU or memory limit"),
    "more CPU than the team's ceiling": (
        lambda pod: pod["containers"][0]["resources"]["limits"].update(cpu="2001m"),
        "over the ceiling of the team, which is 2",
    ),
    "more memory than the team's ceiling": (
        lambda pod: pod["containers"][0]["resources"]["limits"].update(memory="1025Mi"),
        "over the ceiling of the team, which is 1Gi",
    ),
    "a token for the API server": (
        lambda pod: pod.update(automountServiceAccountToken=True),
        "automountServiceAccountToken: false",
    ),
    "an automatic token that is not switched off": (
        lambda pod: pod.pop("automountServiceAccountToken"),
        "automountServiceAccountToken: false",
    ),
    "the default service account": (
        lambda pod: pod.update(serviceAccountName="default"),
        "no service account of its own",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_agents_own_pods_are_admitted(api: Api, kind: str) -> None:
    answer = _try(api, lambda _: None, kind)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", REFUSED)
def test_is_refused_in_every_kind_that_makes_pods(api: Api, what: str, kind: str) -> None:
    change, says = REFUSED[what]
    answer = _try(api, change, kind)
    assert answer.returncode != 0, f"{what} was admitted"
    assert says in answer.stderr


def test_a_pod_in_the_hosts_namespaces_is_refused_by_pod_security(api: Api) -> None:
    answer = _try(api, lambda pod: pod.update(hostPID=True), "Pod")
    assert answer.returncode != 0
    assert "restricted" in answer.stderr


def test_a_team_namespace_that_says_nothing_of_what_is_allowed_admits_no_pods(api: Api) -> None:
    other = Team.model_validate({**TEAM.plain(), "name": "unguarded"})
    namespace = bundle.namespace(other, ())
    namespace["metadata"].pop("annotations")
    assert api.apply("v1", "Namespace", namespace).returncode == 0
    try:
        deployment = workload.deployment(make_agent("unguarded/helper"))
        answer = api.apply("apps/v1", "Deployment", deployment, "--dry-run=server")
        assert answer.returncode != 0
        assert "no such key" in answer.stderr
    finally:
        api.ask("delete", "namespace", other.namespace, "--wait=false")


def test_a_namespace_that_is_no_teams_is_left_alone(api: Api) -> None:
    pod = {
        "metadata": {"name": "probe", "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "a:1"}]},
    }
    answer = api.apply("v1", "Pod", pod, "--dry-run=server")
    assert answer.returncode == 0, answer.stderr
