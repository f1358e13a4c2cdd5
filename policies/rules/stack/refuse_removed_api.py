"""stack-api-not-deprecated: no object uses an API version that the cluster's Kubernetes no longer serves.

The table follows https://kubernetes.io/docs/reference/using-api/deprecation-guide/, removals from 1.16 on;
1.32 is the last release that removed any.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Unjudged, Violation
from policies.kubernetes_version import KUBERNETES_VERSION, at_least
from policies.rule import Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.subjects.selectors import within
from policies.unknowns import ABSENT, UNKNOWN

_REMOVED: Final[dict[tuple[int, int], dict[str, tuple[str, ...]]]] = {
    (1, 16): {
        "extensions/v1beta1": ("DaemonSet", "Deployment", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet"),
        "apps/v1beta1": ("Deployment", "ReplicaSet", "StatefulSet", "ControllerRevision"),
        "apps/v1beta2": ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "ControllerRevision"),
    },
    (1, 22): {
        "admissionregistration.k8s.io/v1beta1": ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
        "apiextensions.k8s.io/v1beta1": ("CustomResourceDefinition",),
        "apiregistration.k8s.io/v1beta1": ("APIService",),
        "authentication.k8s.io/v1beta1": ("TokenReview",),
        "authorization.k8s.io/v1beta1": (
            *("LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"),
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
        "batch/v1beta1": ("CronJob",),
        "discovery.k8s.io/v1beta1": ("EndpointSlice",),
        "events.k8s.io/v1beta1": ("Event",),
        "autoscaling/v2beta1": ("HorizontalPodAutoscaler",),
        "policy/v1beta1": ("PodDisruptionBudget", "PodSecurityPolicy"),
        "node.k8s.io/v1beta1": ("RuntimeClass",),
    },
    (1, 26): {
        "flowcontrol.apiserver.k8s.io/v1beta1": ("FlowSchema", "PriorityLevelConfiguration"),
        "autoscaling/v2beta2": ("HorizontalPodAutoscaler",),
    },
    (1, 27): {"storage.k8s.io/v1beta1": ("CSIStorageCapacity",)},
    (1, 29): {"flowcontrol.apiserver.k8s.io/v1beta2": ("FlowSchema", "PriorityLevelConfiguration")},
    (1, 32): {"flowcontrol.apiserver.k8s.io/v1beta3": ("FlowSchema", "PriorityLevelConfiguration")},
}
_TABLE: Final = {
    (version, kind): minor
    for minor, removed in _REMOVED.items()
    for version, kinds in removed.items()
    for kind in kinds
}


def judge(owner: Object, options: Options) -> Iterator[Finding]:
    """Finds an object in a version that is gone."""
    kind = owner.kind.partition("/")[2]
    version = _version(owner)
    if version is UNKNOWN:
        yield Unjudged(within(owner, "apiVersion"))
        return
    minor = _TABLE.get((version, kind)) if isinstance(version, str) else None
    if minor and at_least(options, *minor):
        since = ".".join(map(str, minor))
        shown = "a version" if owner.listed and owner.at("apiVersion").secret else version
        told = owner.kind_text if owner.at("kind").secret else kind
        text = f"its version is {shown}, which Kubernetes {since} removed for {told}"
        fix = "use the version that replaced it and adapt the fields that changed"
        yield Violation(within(owner, f"{text}. Fix: {fix}."))


def _version(owner: Object) -> object:
    """The version of the object: in a list its own, else the resource type's."""
    own = owner.at("apiVersion").value
    if owner.root.keys and own is not ABSENT:
        return own
    module = owner.resource.type.removeprefix("kubernetes:").partition(":")[0]
    return module.removeprefix("core/")


RULE = Rule(
    name="stack-api-not-deprecated",
    description="Objects must not use API versions that the cluster's Kubernetes no longer serves.",
    why="An object in a removed version fails in the middle of a rollout, or after an upgrade can't be changed again.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(kyverno=("check-deprecated-apis",), others=("pluto", "kube-score:stable-version")),
    remediation="Use the API version that replaced it, see the deprecation guide of Kubernetes.",
    area=objects(),
    judge=judge,
    url="https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
    options=KUBERNETES_VERSION,
)
