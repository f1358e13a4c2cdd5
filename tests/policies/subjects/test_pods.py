"""Which resources hold pods, and where."""

import pytest

from policies.subjects.pods import concerns, pods_of
from policies.unknowns import UNKNOWN
from tests.policies.manifests import KINDS, container, owned, refused, resource, spec, template, unjudged

RULE = "pod-no-privileged"
BAD = spec(containers=[container(privileged=True)])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_carries_pods_is_of_concern_and_yields_its_pod(kind: str) -> None:
    assert concerns(kind)
    assert len(pods_of(owned(spec(), kind))) == 1


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:ServiceList",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:yaml/v2:ConfigGroup",
        "pulumi:providers:kubernetes",
        "pulumi:pulumi:Stack",
        "aws:eks/cluster:Cluster",
        "agent-platform:index:Agent",
        "kubernetes",
        "kubernetes:",
        "",
    ],
)
def test_types_without_pods_of_their_own_are_of_no_concern(token: str) -> None:
    assert not concerns(token)


@pytest.mark.parametrize(
    "group",
    [
        *("admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "auditregistration.k8s.io"),
        *("autoscaling", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "helm.sh"),
        *("flowcontrol.apiserver.k8s.io", "kustomize", "lifecycle.k8s.io", "meta", "networking.k8s.io", "yaml"),
        *("node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io"),
        *("settings.k8s.io", "storage.k8s.io", "storagemigration.k8s.io"),
    ],
)
def test_the_built_in_groups_without_pods_are_of_no_concern(group: str) -> None:
    assert not concerns(f"kubernetes:{group}/v1:Thing")
    assert concerns(f"kubernetes:{group}.example.com/v1:Thing")


def test_every_item_of_a_list_is_judged() -> None:
    items = [{"spec": {"template": template(BAD)}}, {"spec": {"template": template(spec())}}]
    (message,) = refused(RULE, resource({"items": items}, "kubernetes:apps/v1:DeploymentList"))
    assert "(items[0].spec.template.spec.containers[0])" in message


def test_the_items_of_a_mixed_list_are_judged_by_their_own_kinds() -> None:
    items = [
        {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": template(BAD)}}}},
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}},
        {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledJob", "spec": {"jobTargetRef": {"template": template(BAD)}}},
        {"kind": UNKNOWN, "spec": {"template": template(BAD)}},
    ]
    assert len(refused(RULE, resource({"items": items}, "kubernetes:core/v1:List"))) == 3


def test_a_list_inside_a_list_is_judged() -> None:
    pods = {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", "spec": BAD}]}
    (message,) = refused(RULE, resource({"items": [pods]}, "kubernetes:core/v1:List"))
    assert "(items[0].items[0].spec.containers[0])" in message


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("kibana.k8s.elastic.co/v1:Kibana", {"podTemplate": template(BAD)}),
        ("beat.k8s.elastic.co/v1beta1:Beat", {"daemonSet": {"podTemplate": template(BAD)}}),
        ("beat.k8s.elastic.co/v1beta1:Beat", {"deployment": {"podTemplate": template(BAD)}}),
        ("ray.io/v1:RayCluster", {"headGroupSpec": {"template": template(BAD)}}),
        ("ray.io/v1:RayCluster", {"workerGroupSpecs": [{"template": template(BAD)}]}),
        ("jobset.x-k8s.io/v1alpha2:JobSet", {"replicatedJobs": [{"template": {"spec": {"template": template(BAD)}}}]}),
        ("leaderworkerset.x-k8s.io/v1:LeaderWorkerSet", {"leaderWorkerTemplate": {"leaderTemplate": template(BAD)}}),
        ("leaderworkerset.x-k8s.io/v1:LeaderWorkerSet", {"leaderWorkerTemplate": {"workerTemplate": template(BAD)}}),
    ],
)
def test_pod_templates_at_the_places_of_known_operators_are_judged(kind: str, body: object) -> None:
    assert len(refused(RULE, resource({"spec": body}, f"kubernetes:{kind}"))) == 1


def test_a_custom_kind_that_only_sounds_like_a_list_is_judged() -> None:
    judged = resource({"spec": {"template": template(BAD)}}, "kubernetes:example.com/v1:AllowList")
    assert len(refused(RULE, judged)) == 1


def test_every_node_set_of_an_elasticsearch_is_judged() -> None:
    sets = [{"podTemplate": template(BAD)}, {"podTemplate": template(spec())}, {"podTemplate": template(BAD)}]
    judged = resource({"spec": {"nodeSets": sets}}, "kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch")
    found = refused(RULE, judged)
    assert ["nodeSets[0]" in found[0], "nodeSets[2]" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize(
    "body",
    [
        {"template": {"spec": {"nodeClassRef": {"name": "default"}, "requirements": []}}},
        {"template": "{{ .value }}"},
        {"target": {"template": {"data": {}}}},
        {},
    ],
)
def test_a_custom_resource_whose_template_is_no_pod_is_left_alone(body: object) -> None:
    judged = resource({"spec": body}, "kubernetes:karpenter.sh/v1:NodePool")
    assert refused("pod-run-as-nonroot", judged) + unjudged("pod-run-as-nonroot", judged) == []


@pytest.mark.parametrize("kind", ["kubernetes:apps/v1:Deployment", "kubernetes:argoproj.io/v1alpha1:Rollout"])
@pytest.mark.parametrize(
    "properties",
    [
        {"spec": UNKNOWN},
        {"spec": {"template": UNKNOWN}},
        {"spec": {"template": {"spec": UNKNOWN}}},
        {"spec": {"template": {"spec": {"containers": UNKNOWN}}}},
        {"spec": {"template": {"spec": {"containers": [UNKNOWN]}}}},
    ],
)
def test_a_pod_unknown_at_any_depth_is_not_judged_and_never_passes(kind: str, properties: object) -> None:
    (message,) = unjudged(RULE, resource(properties, kind))
    assert "could not judge 1 value" in message


def test_an_unknown_list_of_containers_is_named() -> None:
    (message,) = unjudged(RULE, owned(spec(initContainers=UNKNOWN)))
    assert "containers (spec.template.spec.initContainers): securityContext.privileged" in message


@pytest.mark.parametrize(
    "properties",
    [
        {"spec": "text"},
        {"spec": []},
        {"spec": {"template": 5}},
        {"spec": {"template": {"spec": True}}},
        {"spec": {"template": {"spec": {"containers": "app"}}}},
        {"spec": {"template": {"spec": {"containers": {"name": "app"}}}}},
        {"spec": {"template": {"spec": {"initContainers": [None]}}}},
        {"spec": {"template": {"spec": {"containers": ["app"]}}}},
    ],
)
def test_a_workload_of_the_wrong_shape_is_refused(properties: object) -> None:
    (message,) = refused(RULE, resource(properties))
    assert "belongs" in message


@pytest.mark.parametrize("item", [{"kind": UNKNOWN, "apiVersion": "v1"}, UNKNOWN])
def test_an_item_of_unknown_kind_is_not_judged_and_never_passes(item: object) -> None:
    assert len(unjudged("pod-no-privileged", resource({"items": [item]}, "kubernetes:core/v1:List"))) == 1
