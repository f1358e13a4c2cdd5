"""stack-budget: sums of requests and of nodes."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import container, owned, resource, spec, stack_messages
from tests.policies.rules.stack.builders import deployment, listed, made, requesting

RULE = "stack-budget"
TIGHT: dict[str, Any] = {"cpu": "4", "memory": "4Gi", "gpus": 4, "nodes": 3}


def found(*resources: Resource, **options: Any) -> list[str]:
    return stack_messages(RULE, *resources, **{**TIGHT, **options})


def test_a_sum_at_the_budget_passes_and_one_above_is_refused() -> None:
    pod = requesting(cpu="1", memory="1Gi", **{"nvidia.com/gpu": 1})
    assert found(deployment(pod=pod, replicas=4)) == []
    cpu, memory, gpus = found(deployment(pod=pod, replicas=3), deployment("api", pod=pod, replicas=2))
    assert "the stack: asks for up to 5 of cpu, and the budget is 4" in cpu
    assert "up to 5Gi of memory, and the budget is 4Gi" in memory
    assert "up to 5 of gpus, and the budget is 4" in gpus


def test_the_defaults_bound_everything() -> None:
    pod = requesting(cpu="201", memory="801Gi", **{"nvidia.com/gpu": 9})
    group = resource({"scalingConfig": {"maxSize": 51}}, "aws:eks/nodeGroup:NodeGroup")
    assert len(stack_messages(RULE, deployment(pod=pod), group)) == 4
    pod = requesting(cpu="200", memory="800Gi", **{"nvidia.com/gpu": 8})
    group = resource({"scalingConfig": {"maxSize": 50}}, "aws:eks/nodeGroup:NodeGroup")
    assert stack_messages(RULE, deployment(pod=pod), group) == []


def test_fractions_are_summed_exactly() -> None:
    assert found(deployment(pod=requesting(cpu="100m"), replicas=40)) == []
    assert "up to 4.1 of cpu" in found(deployment(pod=requesting(cpu="100m"), replicas=41))[0]


def test_the_most_pods_of_an_autoscaler_count() -> None:
    target = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 1, "maxReplicas": 5}
    scaler = made("autoscaling/v2:HorizontalPodAutoscaler", spec=target)
    assert len(found(deployment(pod=requesting(cpu="1")), scaler)) == 1


def test_every_kind_counts_with_the_most_pods_that_it_makes() -> None:
    pod = requesting(cpu="1")
    job = deployment(kind="batch/v1:Job", pod=pod, parallelism=5)
    assert "up to 5 of cpu" in found(job)[0]
    assert found(deployment(kind="batch/v1:Job", pod=requesting(cpu="4"))) == []
    single = made("batch/v1:CronJob", spec={"jobTemplate": {"spec": {"template": {"spec": requesting(cpu="4")}}}})
    assert found(single) == []
    cron = made("batch/v1:CronJob", spec={"jobTemplate": {"spec": {"parallelism": 6, "template": {"spec": pod}}}})
    assert "up to 6 of cpu" in found(cron)[0]
    daemon = deployment(kind="apps/v1:DaemonSet", pod=pod)
    assert found(daemon) == []
    assert "up to 5 of cpu" in found(daemon, nodes=5)[0]
    keda = made("keda.sh/v1alpha1:ScaledJob", spec={"jobTargetRef": {"template": {"spec": pod}}})
    assert "up to 100 of cpu" in found(keda)[0]
    keda = made("keda.sh/v1alpha1:ScaledJob", spec={"maxReplicaCount": 7, "jobTargetRef": {"template": {"spec": pod}}})
    assert "up to 7 of cpu" in found(keda)[0]
    assert "up to 9 of cpu" in found(deployment(kind="apps/v1:StatefulSet", pod=pod, replicas=9))[0]


def test_an_autoscaler_that_may_be_of_a_workload_leaves_its_number_open() -> None:
    target = {"scaleTargetRef": {"kind": "Deployment", "name": UNKNOWN}, "maxReplicas": 50}
    unclear = made("autoscaling/v2:HorizontalPodAutoscaler", spec=target)
    (message,) = found(deployment(pod=requesting(cpu="3")), unclear)
    assert message.startswith("could not judge 1 value of kubernetes:apps/v1:Deployment")
    assert "whom it scales" in message
    known = made("autoscaling/v2:HorizontalPodAutoscaler", "b", spec={**target, "scaleTargetRef": {"name": "web"}})
    assert "up to 150 of cpu" in found(deployment(pod=requesting(cpu="3")), unclear, known)[0]
    other = made("autoscaling/v2:HorizontalPodAutoscaler", namespace="media", spec=target)
    assert found(deployment(pod=requesting(cpu="3")), other) == []


POD = {"spec": requesting(cpu="1")}
TWO = {"spec": requesting(cpu="2")}


def custom(kind: str, **fields: Any) -> Resource:
    return made(kind, spec=fields)


def cluster(**group: Any) -> Resource:
    head = {"template": POD}
    return custom("ray.io/v1:RayCluster", headGroupSpec=head, workerGroupSpecs=[{"template": POD, **group}])


def leaders(template: dict[str, Any], **fields: Any) -> Resource:
    return custom("leaderworkerset.x-k8s.io/v1:LeaderWorkerSet", leaderWorkerTemplate=template, **fields)


def jobs(parallelism: Any = None, **group: Any) -> Resource:
    job = {"template": {"spec": {"template": POD, "parallelism": parallelism}}, **group}
    return custom("jobset.x-k8s.io/v1alpha2:JobSet", replicatedJobs=[job])


def elastic(*counts: Any) -> Resource:
    sets = [{"count": count, "podTemplate": POD} for count in counts]
    return custom("elasticsearch.k8s.elastic.co/v1:Elasticsearch", nodeSets=sets)


@pytest.mark.parametrize(
    ("judged", "cores"),
    [
        (cluster(replicas=2, maxReplicas=8), 9),
        (cluster(replicas=7), 8),
        (cluster(maxReplicas=3, numOfHosts=4), 13),
        (leaders({"size": 4, "workerTemplate": POD}, replicas=5), 20),
        (leaders({"size": 4, "workerTemplate": POD, "leaderTemplate": TWO}, replicas=5), 25),
        (leaders({"size": 9, "workerTemplate": POD}), 9),
        (leaders({"workerTemplate": POD}, replicas=6), 6),
        (jobs(replicas=6), 6),
        (jobs(3, replicas=5), 15),
        (elastic(3, 4), 7),
        (custom("elasticsearch.k8s.elastic.co/v1:Elasticsearch", count=6, podTemplate=POD), 6),
        (custom("agents.x-k8s.io/v1alpha1:Sandbox", replicas=5, podTemplate=POD), 5),
        (custom("beat.k8s.elastic.co/v1beta1:Beat", deployment={"replicas": 5, "podTemplate": POD}), 5),
        (custom("example.com/v1:Fleet", replicas=8, template=POD), 8),
        (custom("example.com/v1:Backup", jobTemplate={"spec": {"parallelism": 5, "template": POD}}), 5),
    ],
)
def test_a_custom_kind_counts_by_the_numbers_on_the_way_to_each_template(judged: Resource, cores: int) -> None:
    (message,) = found(judged)
    assert f"asks for up to {cores} of cpu" in message
    assert found(judged, cpu=str(cores)) == []


def test_a_daemon_set_of_a_custom_kind_counts_once_for_every_node() -> None:
    beat = custom("beat.k8s.elastic.co/v1beta1:Beat", daemonSet={"podTemplate": POD})
    assert found(beat) == []
    assert "up to 5 of cpu" in found(beat, nodes=5)[0]


@pytest.mark.parametrize("kind", ["argoproj.io/v1alpha1:Rollout", "agents.x-k8s.io/v1alpha1:Sandbox"])
def test_a_custom_kind_that_runs_one_pod_by_default_counts_once(kind: str) -> None:
    key = "template" if "Rollout" in kind else "podTemplate"
    assert found(custom(kind, **{key: {"spec": requesting(cpu="4")}})) == []
    assert "up to 5 of cpu" in found(custom(kind, **{key: {"spec": requesting(cpu="5")}}))[0]


def test_the_autoscaler_of_a_custom_kind_counts() -> None:
    target = {"scaleTargetRef": {"kind": "Rollout", "name": "web"}, "maxReplicas": 9}
    scaler = made("autoscaling/v2:HorizontalPodAutoscaler", spec=target)
    rollout = custom("argoproj.io/v1alpha1:Rollout", replicas=2, template=POD)
    assert "up to 9 of cpu" in found(rollout, scaler)[0]


@pytest.mark.parametrize(
    "unclear",
    [
        elastic(None),
        elastic(UNKNOWN),
        cluster(),
        cluster(maxReplicas=UNKNOWN),
        cluster(maxReplicas=1, numOfHosts=UNKNOWN),
        jobs(UNKNOWN, replicas=1),
        leaders({"size": UNKNOWN, "workerTemplate": POD}),
        leaders({"size": UNKNOWN, "workerTemplate": POD, "leaderTemplate": POD}),
        custom("serving.knative.dev/v1:Service", template=POD),
    ],
)
def test_a_custom_kind_whose_number_of_pods_is_not_found_is_not_judged(unclear: Resource) -> None:
    (message,) = found(unclear)
    assert message.startswith("could not judge 1 value")


def test_templates_do_not_count() -> None:
    assert found(owned(requesting(cpu="9"), "kubernetes:core/v1:PodTemplate")) == []
    assert len(found(owned(requesting(cpu="9"), "kubernetes:core/v1:Pod"))) == 1


def sized(name: str, **resources: Any) -> dict[str, Any]:
    return {**container(name), "resources": resources}


def test_containers_of_a_pod_count_together() -> None:
    pair = [sized("a", requests={"cpu": "3"}), sized("b", requests={"cpu": "2"})]
    assert "up to 5 of cpu" in found(deployment(pod=spec(containers=pair)))[0]


def test_of_init_containers_the_largest_counts_if_it_is_more_than_the_rest() -> None:
    rest = [sized("app", requests={"cpu": "3"})]
    small = [sized("one", requests={"cpu": "2"}), sized("two", requests={"cpu": "2"})]
    assert found(deployment(pod=spec(initContainers=small, containers=rest))) == []
    large = [sized("one", requests={"cpu": "5"})]
    assert "up to 5 of cpu" in found(deployment(pod=spec(initContainers=large, containers=rest)))[0]
    sidecar = [{**sized("one", requests={"cpu": "2"}), "restartPolicy": "Always"}]
    assert "up to 5 of cpu" in found(deployment(pod=spec(initContainers=sidecar, containers=rest)))[0]


def test_a_limit_counts_where_no_request_is_written() -> None:
    limited = [sized("app", limits={"cpu": "5"})]
    assert "up to 5 of cpu" in found(deployment(pod=spec(containers=limited)))[0]
    both = [sized("app", requests={"cpu": "1"}, limits={"cpu": "5"})]
    assert found(deployment(pod=spec(containers=both))) == []


GPUS = (
    *("nvidia.com/gpu", "nvidia.com/gpu.shared", "nvidia.com/mig-1g.5gb", "amd.com/gpu", "gpu.intel.com/xe"),
    *("aws.amazon.com/neuron", "aws.amazon.com/neurondevice", "aws.amazon.com/neuroncore", "habana.ai/gaudi"),
    "deviceclass.resource.kubernetes.io/gpu",
)


@pytest.mark.parametrize("gpu", GPUS)
def test_devices_of_every_maker_count_as_gpus(gpu: str) -> None:
    assert "up to 5 of gpus" in found(deployment(pod=requesting(**{gpu: "5"})))[0]
    assert found(deployment(pod=requesting(**{gpu: "5"})), gpuResources=["example.com/tpu"]) == []


def test_gpus_of_several_names_count_together_and_a_name_that_is_a_setting_may_leave_text_open() -> None:
    pod = requesting(**{"nvidia.com/gpu": 2, "nvidia.com/mig-1g.5gb": "3"})
    assert "up to 5 of gpus" in found(deployment(pod=pod))[0]
    assert found(deployment(pod=pod), gpuResources=["nvidia.com/mig-*"]) == []
    assert "up to 6 of gpus" in found(deployment(pod=pod, replicas=2), gpuResources=["nvidia.com/mig-*"])[0]


def test_a_negative_request_pays_for_nothing() -> None:
    assert len(found(deployment(pod=requesting(cpu="-9")), deployment("api", pod=requesting(cpu="5")))) == 1


@pytest.mark.parametrize(
    "unknown",
    [
        deployment(pod=requesting(cpu=UNKNOWN)),
        deployment(pod=requesting(cpu="1"), replicas=UNKNOWN),
    ],
)
def test_an_unknown_is_not_judged_and_hides_no_sum(unknown: Resource) -> None:
    (message,) = found(unknown)
    assert message.startswith("could not judge 1 value of kubernetes:apps/v1:Deployment")
    assert len(found(unknown, deployment("api", pod=requesting(cpu="5")))) == 2


@pytest.mark.parametrize("wrong", ["much", True, []])
def test_a_request_that_is_no_quantity_is_refused(wrong: object) -> None:
    (message,) = found(deployment(pod=requesting(memory=wrong)))
    assert '"web"' in message
    assert "where a quantity belongs" in message


def test_replicas_of_the_wrong_type_are_refused() -> None:
    (message,) = found(deployment(pod=requesting(), replicas="3"))
    assert "where a whole number belongs" in message


@pytest.mark.parametrize(
    ("token", "wrap"),
    [
        ("aws:eks/nodeGroup:NodeGroup", lambda most: {"scalingConfig": {"maxSize": most}}),
        ("aws:autoscaling/group:Group", lambda most: {"maxSize": most}),
    ],
)
def test_nodes_of_all_groups_count_together(token: str, wrap: Any) -> None:
    assert found(resource(wrap(3), token)) == []
    assert (
        "up to 4 of nodes, and the budget is 3"
        in found(resource(wrap(3), token, "a"), resource(wrap(1), token, "b"))[0]
    )
    assert found(resource(wrap(UNKNOWN), token))[0].startswith("could not judge 1 value")
    assert "where a whole number belongs" in found(resource(wrap("3"), token))[0]
    assert found(resource({}, token)) == []


def pool(**limits: Any) -> Resource:
    return made("karpenter.sh/v1:NodePool", "pool", None, spec={"limits": limits})


def test_a_node_pool_must_have_limits() -> None:
    assert found(pool(cpu="100", memory="1Ti")) == []
    assert found(pool(cpu=100, memory="1Ti")) == []
    (message,) = found(pool(cpu="100"))
    assert "spec.limits.memory bounds nothing" in message
    assert "spec.limits.cpu bounds nothing" in found(pool(memory="1Ti", cpu="all"))[0]
    assert found(pool(cpu=UNKNOWN, memory="1Ti"))[0].startswith("could not judge 1 value")
    assert found(made("karpenter.sh/v1:NodePoolPatch", "pool", None, spec={})) == []


def test_an_object_is_named_once_and_one_of_a_list_after_the_list() -> None:
    bad, growing = deployment(pod=requesting(cpu="many")), pool(cpu="1")
    where = 'container "app" (spec.template.spec.containers[0]): resources.requests.cpu is a string'
    first, second = found(bad, growing)
    assert first.startswith(f'kubernetes:apps/v1:Deployment "web": {where}')
    assert second.startswith('kubernetes:karpenter.sh/v1:NodePool "pool": spec.limits.memory bounds nothing')
    first, second = found(listed(bad, growing))
    assert first.startswith('kubernetes:core/v1:List "all": apps/Deployment "web": container ')
    assert second.startswith('kubernetes:core/v1:List "all": karpenter.sh/NodePool "pool": items[1].spec.limits.memory')
    (message,) = found(listed(deployment(pod=requesting(cpu=UNKNOWN))))
    assert ': apps/Deployment "web": container ' in message
