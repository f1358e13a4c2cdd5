"""stack-api-not-deprecated: versions that a release of Kubernetes removed."""

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import refused, resource, unjudged

RULE = "stack-api-not-deprecated"
REMOVED: dict[tuple[int, int], dict[str, tuple[str, ...]]] = {
    (1, 16): {
        "apps/v1beta1": ("Deployment", "ReplicaSet", "StatefulSet", "ControllerRevision"),
        "apps/v1beta2": ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "ControllerRevision"),
        "extensions/v1beta1": ("DaemonSet", "Deployment", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet"),
    },
    (1, 22): {
        "admissionregistration.k8s.io/v1beta1": ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
        "apiextensions.k8s.io/v1beta1": ("CustomResourceDefinition",),
        "apiregistration.k8s.io/v1beta1": ("APIService",),
        "authentication.k8s.io/v1beta1": ("TokenReview",),
        "authorization.k8s.io/v1beta1": (
            "LocalSubjectAccessReview",
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ),
        "certificates.k8s.io/v1beta1": ("CertificateSigningRequest",),
        "coordination.k8s.io/v1beta1": ("Lease",),
        "extensions/v1beta1": ("Ingress",),
        "networking.k8s.io/v1beta1": ("Ingress", "IngressClass"),
        "rbac.authorization.k8s.io/v1beta1": ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
        "scheduling.k8s.io/v1beta1": ("PriorityClass",),
        "storage.k8s.io/v1beta1": ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"),
    },
    (1, 23): {
        "rbac.authorization.k8s.io/v1alpha1": ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
        "scheduling.k8s.io/v1alpha1": ("PriorityClass",),
    },
    (1, 25): {
        "autoscaling/v2beta1": ("HorizontalPodAutoscaler",),
        "batch/v1beta1": ("CronJob",),
        "discovery.k8s.io/v1beta1": ("EndpointSlice",),
        "events.k8s.io/v1beta1": ("Event",),
        "node.k8s.io/v1beta1": ("RuntimeClass",),
        "policy/v1beta1": ("PodDisruptionBudget", "PodSecurityPolicy"),
    },
    (1, 26): {
        "autoscaling/v2beta2": ("HorizontalPodAutoscaler",),
        "flowcontrol.apiserver.k8s.io/v1beta1": ("FlowSchema", "PriorityLevelConfiguration"),
    },
    (1, 27): {"storage.k8s.io/v1beta1": ("CSIStorageCapacity",)},
    (1, 29): {"flowcontrol.apiserver.k8s.io/v1beta2": ("FlowSchema", "PriorityLevelConfiguration")},
    (1, 32): {"flowcontrol.apiserver.k8s.io/v1beta3": ("FlowSchema", "PriorityLevelConfiguration")},
}
NAMED = {"metadata": {"name": "web"}}
ALL = [(minor, version, kind) for minor, table in REMOVED.items() for version, kinds in table.items() for kind in kinds]
LATER = [each for each in ALL if each[0] > (1, 25)]


@pytest.mark.parametrize(("minor", "version", "kind"), ALL)
def test_a_removed_version_is_refused_in_every_form(minor: tuple[int, int], version: str, kind: str) -> None:
    for form in (kind, f"{kind}Patch"):
        (message,) = refused(RULE, resource(NAMED, f"kubernetes:{version}:{form}"))
        assert f'"web": its version is {version}, which Kubernetes {minor[0]}.{minor[1]} removed for {kind}' in message
    assert len(refused(RULE, resource({"items": [NAMED]}, f"kubernetes:{version}:{kind}List"))) == 1


@pytest.mark.parametrize(("minor", "version", "kind"), LATER)
def test_a_version_is_refused_from_the_release_on_that_removed_it(
    minor: tuple[int, int], version: str, kind: str
) -> None:
    judged = resource(NAMED, f"kubernetes:{version}:{kind}")
    assert refused(RULE, judged, kubernetesVersion=f"1.{minor[1] - 1}") == []
    assert len(refused(RULE, judged, kubernetesVersion=f"1.{minor[1]}")) == 1


@pytest.mark.parametrize(
    ("minor", "version", "kind"),
    [
        ((1, 16), "extensions/v1beta1", "Deployment"),
        ((1, 22), "networking.k8s.io/v1beta1", "Ingress"),
        ((1, 25), "policy/v1beta1", "PodDisruptionBudget"),
        ((1, 26), "autoscaling/v2beta2", "HorizontalPodAutoscaler"),
        ((1, 27), "storage.k8s.io/v1beta1", "CSIStorageCapacity"),
        ((1, 29), "flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema"),
        ((1, 32), "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration"),
    ],
)
def test_the_table_follows_the_official_guide(minor: tuple[int, int], version: str, kind: str) -> None:
    assert (minor, version, kind) in ALL


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:apps/v1:Deployment",
        "kubernetes:core/v1:Pod",
        "kubernetes:networking.k8s.io/v1beta1:IPAddress",
        "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingAdmissionPolicy",
        "kubernetes:storage.k8s.io/v1beta1:VolumeAttributesClass",
        "kubernetes:example.com/v1beta1:Ingress",
        "aws:s3/bucket:Bucket",
    ],
)
def test_a_version_that_is_served_passes(token: str) -> None:
    assert refused(RULE, resource(NAMED, token)) == []


def test_the_items_of_a_list_are_judged_by_their_own_version() -> None:
    def items(version: object) -> object:
        return {"items": [{"apiVersion": version, "kind": "Deployment", **NAMED}]}

    mixed = "kubernetes:core/v1:List"
    assert len(refused(RULE, resource(items("apps/v1beta1"), mixed))) == 1
    assert refused(RULE, resource(items("apps/v1"), mixed)) == []
    assert refused(RULE, resource(items(3), mixed)) == []
    assert unjudged(RULE, resource(items(UNKNOWN), mixed))


def test_the_type_says_the_version_of_an_object_of_its_own() -> None:
    judged = resource({"apiVersion": "apps/v1beta1", **NAMED}, "kubernetes:apps/v1:Deployment")
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("key", ["apiVersion", "kind"])
def test_a_secret_version_or_kind_is_not_shown(key: str) -> None:
    item = {"apiVersion": "apps/v1beta1", "kind": "Deployment", **NAMED}
    hidden = {**item, key: Secret(item[key])}
    (message,) = refused(RULE, resource({"items": [hidden]}, "kubernetes:core/v1:List"))
    assert str(item[key]) not in message
