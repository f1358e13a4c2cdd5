"""ns-not-default: no object lives in `default` or in a namespace of Kubernetes itself (`kube-*`).

Cluster-scoped kinds have no namespace and are exempt. Of custom kinds those of well-known operators are listed; an
object of another kind that names no namespace counts as one in `default`, where a namespaced one would end up.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Finding, Unjudged, Violation
from policies.options import path_list
from policies.rule import Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, UNKNOWN, Field

_FIX: Final = "set metadata.namespace to a namespace of its own, or list the object in the option `allowed`"
_CLUSTER_GROUPS: Final = frozenset(
    {
        *("admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "auditregistration.k8s.io"),
        *("flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "node.k8s.io", "storagemigration.k8s.io"),
        *("constraints.gatekeeper.sh", "templates.gatekeeper.sh", "karpenter.sh", "karpenter.k8s.aws"),
        *("yaml", "kustomize", "meta"),  # components of the SDK, whose children are judged
    }
)
_CLUSTER_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "core": ("Namespace", "Node", "PersistentVolume", "ComponentStatus"),
    "certificates.k8s.io": ("CertificateSigningRequest", "ClusterTrustBundle"),
    "extensions": ("PodSecurityPolicy",),
    "networking.k8s.io": ("IngressClass", "IPAddress", "ServiceCIDR", "ClusterCIDR"),
    "policy": ("PodSecurityPolicy",),
    "rbac.authorization.k8s.io": ("ClusterRole", "ClusterRoleBinding"),
    "resource.k8s.io": (
        *("DeviceClass", "DeviceTaintRule", "ResourceClass", "ResourcePoolStatusRequest", "ResourceSlice"),
    ),
    "scheduling.k8s.io": ("PriorityClass",),
    "storage.k8s.io": ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"),
    "helm.sh": ("Chart",),
    "argoproj.io": ("ClusterAnalysisTemplate", "ClusterWorkflowTemplate"),
    "cert-manager.io": ("ClusterIssuer",),
    "cilium.io": (
        *("CiliumCIDRGroup", "CiliumClusterwideEnvoyConfig", "CiliumClusterwideNetworkPolicy"),
        *("CiliumEgressGatewayPolicy", "CiliumL2AnnouncementPolicy", "CiliumLoadBalancerIPPool", "CiliumNode"),
    ),
    "crd.k8s.amazonaws.com": ("ENIConfig",),
    "crd.projectcalico.org": ("FelixConfiguration", "GlobalNetworkPolicy", "GlobalNetworkSet", "IPPool", "Tier"),
    "eks.amazonaws.com": ("IngressClassParams", "NodeClass"),
    "elbv2.k8s.aws": ("IngressClassParams",),
    "external-secrets.io": ("ClusterExternalSecret", "ClusterPushSecret", "ClusterSecretStore"),
    "gateway.networking.k8s.io": ("GatewayClass",),
    "keda.sh": ("ClusterTriggerAuthentication",),
    "kueue.x-k8s.io": ("AdmissionCheck", "ClusterQueue", "ResourceFlavor", "Topology", "WorkloadPriorityClass"),
    "kyverno.io": ("ClusterCleanupPolicy", "ClusterPolicy", "GlobalContextEntry"),
    "networking.k8s.aws": ("ClusterNetworkPolicy",),
    "nvidia.com": ("ClusterPolicy", "NVIDIADriver"),
    "policies.kyverno.io": (
        *("DeletingPolicy", "GeneratingPolicy", "ImageValidatingPolicy", "MutatingPolicy", "ValidatingPolicy"),
    ),
    "policy.networking.k8s.io": ("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"),
    "projectcalico.org": ("FelixConfiguration", "GlobalNetworkPolicy", "GlobalNetworkSet", "IPPool", "Tier"),
    "snapshot.storage.k8s.io": ("VolumeSnapshotClass", "VolumeSnapshotContent"),
    "trust.cert-manager.io": ("Bundle",),
    "vpcresources.k8s.aws": ("CNINode",),
}


def judge(judged: Object, options: Options) -> Iterator[Finding]:
    """Finds a namespaced object that lives in, or would end up in, a namespace that is not its own."""
    group, _, kind = judged.kind.partition("/")
    if _cluster_scoped(group, kind) or judged.kind in options["clusterScoped"]:
        return
    namespace = _place_of(judged, "namespace")
    allowed = [entry.split("/") for entry in options["allowed"]]
    here = namespace.value if namespace.value not in (ABSENT, "") else "default"
    name = _place_of(judged, "name").value
    names = [entry[2] for entry in allowed if entry[:2] == [here, kind]]
    if name in names:
        return
    if names and name is UNKNOWN:
        yield Unjudged(place(_place_of(judged, "name")))
    elif here == "default":
        found = "not set, so that the object ends up in default" if namespace.value in (ABSENT, "") else namespace.text
        yield Violation(f"{place(namespace)} is {found}. Fix: {_FIX}.")
    else:
        yield from check(namespace, TEXT, lambda it: not it.startswith("kube-"), fix=_FIX)


def _place_of(judged: Object, key: str) -> Field:
    return judged.at(key) if judged.kind == "helm.sh/Release" else judged.at("metadata", key)


def _cluster_scoped(group: str, kind: str) -> bool:
    return group in _CLUSTER_GROUPS or kind in _CLUSTER_KINDS.get(group, ()) or kind.endswith("List")


RULE = Rule(
    name="ns-not-default",
    description="Objects must not live in the namespace default or in those of Kubernetes itself.",
    why="default has no team, quota or default deny, and who may write to kube-system can take the cluster.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(checkov=("CKV_K8S_21",), cis_eks=("4.5.2",)),
    remediation="Set metadata.namespace to the namespace of the object's team or of its own.",
    area=objects(),
    judge=judge,
    options={
        "allowed": path_list(
            "Objects that may live in default or kube-*, as namespace/Kind/name (kube-system/ConfigMap/coredns).",
            3,
            "namespace/Kind/name, as kube-system/ConfigMap/coredns",
        ),
        "clusterScoped": path_list(
            "Custom kinds without a namespace that the rule does not know, as group/Kind.",
            2,
            "group/Kind, as example.com/ClusterWidget",
        ),
    },
)
