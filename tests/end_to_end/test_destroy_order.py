"""Development in AWS, rehearsed as a whole: where its agents run, and in which order the engine takes it down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from components.config.environment import read_environment
from local import gate
from local.control_plane.client import connect
from local.events import EventLog
from local.paths import Checkout as Paths
from local.rehearsal import rehearse
from local.toolchain import Tools
from tests.end_to_end.conftest import Checkout

if TYPE_CHECKING:
    from pulumi.automation.events import EngineEvent, StepEventMetadata

pytestmark = [pytest.mark.cluster, pytest.mark.engine, pytest.mark.rehearsal]
ENVIRONMENT = "dev"
GPU = "nvidia.com/gpu"


@dataclass
class Rehearsal:
    """What the engine told of, of all stacks in the order in which it happened, and the cluster while all was up."""

    created: set[str] = field(default_factory=set)
    began: dict[str, int] = field(default_factory=dict)
    """When the deletion of a resource began, by URN, counted in events."""
    ended: dict[str, int] = field(default_factory=dict)
    pods: list[dict[str, Any]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    _events: int = 0

    def hear(self, event: "EngineEvent") -> None:
        self._events += 1
        for told, times in ((event.resource_pre_event, self.began), (event.res_outputs_event, self.ended)):
            if told:
                self._note(told.metadata, times)

    def _note(self, step: "StepEventMetadata", times: dict[str, int]) -> None:
        if step.op == "delete":
            times[step.urn] = self._events
        elif step.op == "create" and times is self.ended:
            self.created.add(step.urn)

    def look(self, kubeconfig: Path) -> None:
        with connect(kubeconfig) as cluster:
            self.pods, self.nodes = cluster.pods(), cluster.nodes()


@pytest.fixture(scope="module")
def rehearsal(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """Take the environment up and down once."""
    found = Rehearsal()
    tell, wait = EventLog.hear, gate.wait

    def heard(log: EventLog, event: "EngineEvent") -> None:
        found.hear(event)
        tell(log, event)

    def waited(kubeconfig: Path, agents: Mapping[str, Mapping[str, Any]], detail: Callable[[str], None]) -> Any:
        available = wait(kubeconfig, agents, detail)
        found.look(kubeconfig)
        return available

    folder = tmp_path_factory.mktemp("checkout")
    Checkout(folder, tools)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EventLog, "hear", heard)
        patch.setattr(gate, "wait", waited)
        rehearse(Paths(folder), ENVIRONMENT, keep=False)
    return found


def test_whatever_was_made_is_deleted(rehearsal: Rehearsal) -> None:
    assert len(rehearsal.created) > 150
    assert rehearsal.created - rehearsal.ended.keys() == set()


def test_agents_with_gpus_run_on_nodes_with_gpus_and_the_others_do_not(rehearsal: Rehearsal) -> None:
    gpus = {node["metadata"]["name"]: int(node["status"]["allocatable"].get(GPU, 0)) for node in rehearsal.nodes}
    agents = read_environment(Paths.here().root, ENVIRONMENT).agents
    for agent in agents:
        placed = [pod["spec"].get("nodeName") for pod in rehearsal.pods if runs(pod, agent.team, agent.name)]
        assert len(placed) >= agent.fewest_pods, agent.reference
        assert all((gpus[node] > 0) is bool(agent.spec.gpu) for node in placed), f"{agent.reference} on {placed}"
    assert any(agent.spec.gpu for agent in agents)


def runs(pod: Mapping[str, Any], team: str, name: str) -> bool:
    metadata = pod["metadata"]
    return bool(metadata["namespace"] == team and metadata["labels"].get("app.kubernetes.io/name") == name)


def kind(urn: str) -> str:
    """Components and type of a resource, as `Team$core/v1:Namespace`."""
    return urn.split("::")[2].replace("agent-platform:index:", "").replace("kubernetes:", "")


def of(*parts: str) -> Callable[[str], bool]:
    """Whether a resource is made by one of these components, or of one of these types."""
    return lambda urn: any(part in kind(urn).split("$") or kind(urn).endswith(part) for part in parts)


def base_addon(urn: str) -> bool:
    """What nodes can't be without."""
    names = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
    return kind(urn).endswith("eks/addon:Addon") and any(f"{name}-addon" in urn for name in names)


def other_addon(urn: str) -> bool:
    return kind(urn).endswith("eks/addon:Addon") and not base_addon(urn)


def in_cluster(urn: str) -> bool:
    """What a provider of Kubernetes made, but for the provider."""
    return "kubernetes:" in urn.split("::")[2] and "pulumi:providers" not in urn


def pipeline_access(urn: str) -> bool:
    """By which the program itself reaches the cluster."""
    return kind(urn).endswith("eks/accessPolicyAssociation:AccessPolicyAssociation") and "-pipeline-" in urn


def intra_subnet(urn: str) -> bool:
    return kind(urn).endswith("ec2/subnet:Subnet") and "-intra-" in urn


WORKLOADS = of("Agent")
NODE_GROUPS = of("eks/nodeGroup:NodeGroup")
CLUSTER = of("eks/cluster:Cluster")
ORDER: dict[str, tuple[Callable[[str], bool], Callable[[str], bool]]] = {
    "agents before what their team has": (WORKLOADS, of("Team")),
    "agents before the guardrails that judge them": (WORKLOADS, of("Guardrails")),
    "agents before the nodes that they run on": (WORKLOADS, NODE_GROUPS),
    "agents before the add-ons that serve them": (WORKLOADS, other_addon),
    "add-ons with pods before the nodes that run them": (other_addon, NODE_GROUPS),
    "nodes before the add-ons that they can't be without": (NODE_GROUPS, base_addon),
    "nodes before their role loses its rights": (
        NODE_GROUPS,
        of("Nodes$aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
    ),
    "what is in the cluster before who may delete it": (
        in_cluster,
        pipeline_access,
    ),
    "what is in the cluster before the cluster": (in_cluster, CLUSTER),
    "nodes before the cluster": (NODE_GROUPS, CLUSTER),
    "add-ons before the cluster": (of("eks/addon:Addon"), CLUSTER),
    "the cluster before its log group": (CLUSTER, of("EksCluster$aws:cloudwatch/logGroup:LogGroup")),
    "the cluster before the subnets that it has interfaces in": (CLUSTER, intra_subnet),
    "nodes before their way out": (
        NODE_GROUPS,
        of("Network$aws:ec2/natGateway:NatGateway", "Network$aws:ec2/route:Route"),
    ),
    "load balancers before the way in": (of("lb/loadBalancer:LoadBalancer"), of("ec2/internetGateway:InternetGateway")),
    "the VPC after all else in it": (of("ec2/subnet:Subnet", "ec2/securityGroup:SecurityGroup"), of("ec2/vpc:Vpc")),
}


@pytest.mark.parametrize("rule", ORDER)
def test_the_engine_takes_down(rule: str, rehearsal: Rehearsal) -> None:
    first, then = ORDER[rule]
    earlier, later = ([urn for urn in rehearsal.ended if chosen(urn)] for chosen in (first, then))
    assert earlier, "nothing of the first kind was there"
    assert later, "nothing of the second kind was there"
    begun = min(later, key=lambda urn: rehearsal.began[urn])
    late = [urn for urn in earlier if rehearsal.ended[urn] > rehearsal.began[begun]]
    assert late == [], f"still there when {begun} went"
