"""ns-not-default: nothing lives in default or in the namespaces of Kubernetes itself."""

import pytest

from policies.config import ConfigError
from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import messages, refused, resource, unjudged

RULE = "ns-not-default"
NAMESPACED = [
    *("core/v1:ConfigMap", "core/v1:Service", "core/v1:ServiceAccount", "apps/v1:Deployment", "batch/v1:CronJob"),
    *(
        "networking.k8s.io/v1:NetworkPolicy",
        "rbac.authorization.k8s.io/v1:RoleBinding",
        "policy/v1:PodDisruptionBudget",
    ),
    *("certificates.k8s.io/v1beta1:PodCertificateRequest", "storage.k8s.io/v1:CSIStorageCapacity"),
    *("apps/v1:DeploymentPatch", "example.com/v1:Widget", "cert-manager.io/v1:Issuer", "nvidia.com/v1:Graph"),
]
CLUSTER_SCOPED = [
    *("core/v1:Namespace", "core/v1:NamespacePatch", "core/v1:PersistentVolume", "core/v1:Node"),
    *("rbac.authorization.k8s.io/v1:ClusterRole", "rbac.authorization.k8s.io/v1:ClusterRoleBinding"),
    *("apiextensions.k8s.io/v1:CustomResourceDefinition", "scheduling.k8s.io/v1:PriorityClass"),
    *("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", "storage.k8s.io/v1:StorageClass"),
    *("node.k8s.io/v1:RuntimeClass", "networking.k8s.io/v1:IngressClass", "cert-manager.io/v1:ClusterIssuer"),
    *("karpenter.sh/v1:NodePool", "cilium.io/v2:CiliumClusterwideNetworkPolicy", "helm.sh/v4:Chart"),
    *("yaml/v2:ConfigGroup", "kustomize/v2:Directory", "core/v1:ConfigMapList", "nvidia.com/v1:ClusterPolicy"),
]


def placed(namespace: object, kind: str = "core/v1:ConfigMap", name: object = "settings") -> Resource:
    return resource({"metadata": {"name": name, "namespace": namespace}}, f"kubernetes:{kind}")


@pytest.mark.parametrize("kind", NAMESPACED)
@pytest.mark.parametrize("namespace", ["default", "kube-system", "kube-public", "kube-anything"])
def test_an_object_in_a_namespace_that_is_not_its_own_is_refused(kind: str, namespace: str) -> None:
    (message,) = refused(RULE, placed(namespace, kind))
    assert f'metadata.namespace is "{namespace}"' in message
    assert "Fix: set metadata.namespace" in message


@pytest.mark.parametrize("kind", NAMESPACED)
@pytest.mark.parametrize("namespace", [None, ""])
def test_an_object_without_a_namespace_ends_up_in_default_and_is_refused(kind: str, namespace: object) -> None:
    (message,) = refused(RULE, placed(namespace, kind))
    assert "metadata.namespace is not set, so that the object ends up in default" in message


@pytest.mark.parametrize("kind", NAMESPACED)
@pytest.mark.parametrize("namespace", ["storefront", "default-team", "kubeflow", "my-kube-system"])
def test_an_object_in_a_namespace_of_its_own_passes(kind: str, namespace: str) -> None:
    assert messages(RULE, placed(namespace, kind)) == []


@pytest.mark.parametrize("kind", CLUSTER_SCOPED)
def test_a_cluster_scoped_object_passes_without_a_namespace(kind: str) -> None:
    assert messages(RULE, resource({"metadata": {"name": "web"}}, f"kubernetes:{kind}")) == []


def test_objects_inside_of_lists_are_judged_by_their_own_kind() -> None:
    items = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "b"}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "c", "namespace": "kube-system"}},
    ]
    found = refused(RULE, resource({"items": items}, "kubernetes:core/v1:List"))
    assert ["items[0]" in found[0], "items[2]" in found[1], len(found)] == [True, True, 2]


def test_a_helm_release_is_judged_by_the_namespace_it_installs_into() -> None:
    kind = "kubernetes:helm.sh/v3:Release"
    assert messages(RULE, resource({"name": "keda", "namespace": "keda"}, kind)) == []
    assert "kube-system" in refused(RULE, resource({"name": "keda", "namespace": "kube-system"}, kind))[0]
    assert "not set" in refused(RULE, resource({"name": "keda"}, kind))[0]
    assert (
        messages(RULE, resource({"name": "x", "namespace": "kube-system"}, kind), allowed=["kube-system/Release/x"])
        == []
    )


def test_an_allowed_object_passes_and_no_other() -> None:
    allowed = ["kube-system/ConfigMap/coredns", "default/Service/kubernetes"]
    assert messages(RULE, placed("kube-system", name="coredns"), allowed=allowed) == []
    assert messages(RULE, placed(None, "core/v1:Service", "kubernetes"), allowed=allowed) == []
    assert len(refused(RULE, placed("kube-system", name="other"), allowed=allowed)) == 1
    assert len(refused(RULE, placed("kube-public", name="coredns"), allowed=allowed)) == 1
    assert len(refused(RULE, placed("kube-system", "core/v1:Secret", "coredns"), allowed=allowed)) == 1


def test_an_unknown_name_is_not_judged_where_an_allowed_one_may_come() -> None:
    (message,) = unjudged(RULE, placed("kube-system", name=UNKNOWN), allowed=["kube-system/ConfigMap/coredns"])
    assert "metadata.name" in message
    assert refused(RULE, placed("kube-system", name=UNKNOWN), allowed=["kube-system/ConfigMap/coredns"]) == []
    assert len(refused(RULE, placed("kube-system", name=UNKNOWN), allowed=["kube-system/Secret/coredns"])) == 1


def test_a_custom_kind_can_be_named_as_cluster_scoped() -> None:
    judged = resource({"metadata": {"name": "web"}}, "kubernetes:example.com/v1:Widget")
    assert messages(RULE, judged, clusterScoped=["example.com/Widget"]) == []
    assert len(refused(RULE, judged, clusterScoped=["example.com/Gadget"])) == 1


def test_an_unknown_namespace_is_not_judged() -> None:
    assert "metadata.namespace" in unjudged(RULE, placed(UNKNOWN))[0]
    assert refused(RULE, placed(UNKNOWN)) == []
    assert len(unjudged(RULE, resource({"metadata": UNKNOWN}, "kubernetes:core/v1:ConfigMap"))) == 1


@pytest.mark.parametrize("namespace", [1, True, [], {}])
def test_a_namespace_of_the_wrong_type_is_refused(namespace: object) -> None:
    assert "where a string belongs" in refused(RULE, placed(namespace))[0]


def test_a_secret_namespace_is_judged_and_not_printed() -> None:
    assert messages(RULE, placed(Secret("storefront"))) == []
    (message,) = refused(RULE, placed(Secret("kube-system")))
    assert "kube-system" not in message
    assert "a secret value" in refused(RULE, placed(Secret("default")))[0]


@pytest.mark.parametrize(
    ("option", "entry"),
    [("allowed", "coredns"), ("allowed", "kube-system//coredns"), ("allowed", "a/b/c/d"), ("clusterScoped", "Widget")],
)
def test_an_option_of_another_form_is_refused(option: str, entry: str) -> None:
    with pytest.raises(ConfigError, match="Fix: write it as"):
        messages(RULE, placed("storefront"), **{option: [entry]})


def test_an_option_that_is_no_list_is_refused() -> None:
    with pytest.raises(ConfigError, match="is not a list of strings"):
        messages(RULE, placed("storefront"), allowed="kube-system/ConfigMap/coredns")
