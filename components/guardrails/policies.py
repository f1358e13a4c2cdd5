"""All guardrails: the Kubernetes half of the policy pack, as far as CEL can say it, held by the API server.

They are made once per cluster and act in every namespace that carries the team label. What differs between teams
(registries, ceilings) stands in annotations of the team's namespace, which only the platform layer writes; a
namespace without them admits no pods. Annotations rather than a `paramKind`: the API server never serves parameters
of a built-in kind again once its last policy was deleted (kubernetes/kubernetes, admission/plugin/policy/generic),
so a stack could not be destroyed and made again.

Templates are judged, so that an `apply` shows what is wrong, and pods, whoever makes them. Mandatory rules deny,
advisory ones warn. The API server names the first finding, the pack all. Where the pack is told otherwise by its
options (ceilings, ratios, runtime classes, public Services, labels and taints of GPU nodes), the guardrails stay with
its defaults and the team's annotations. Not said here, in whole or in part:

| rule | what the guardrails leave to the pack, and why |
|-|-|
| all rules of pods | templates in custom resources (Argo, KEDA, agent-sandbox): the pods that they make are judged |
| pod-no-host-path | that a path holds a runtime's socket: every hostPath is refused alike |
| gpu-whole-and-capped, hpa-sane | whole GPUs, request = limit, least <= most: the API server's own validation |
| gpu-whole-and-capped | DeviceClasses: they are in no team's namespace |
| gpu-placement | labels and taints, and `nodeName`, of pods with claims: what devices these are for: other objects |
| hpa-sane, sa-dedicated | that the target or the account exists, and replicas beside an autoscaler: other objects |
| image-registry-allowed | `nginx` for docker.io/library/nginx: refused, an image is to name its registry |
| image-signature-policy | other objects: which policies of a signature verifier cover the namespace |
| env-no-literal-secret, configmap-no-secret | random texts, URLs with passwords, assignments in texts, flags |
| the same two | formats of providers in more than 32 000 characters: the API server's budget for one expression |
| sandbox-no-projected-token | the token of EKS Pod Identity, which EKS adds to pods: refused in templates alone |
| secret-is-marked, data-class-protected, stack-* | what only the engine or the whole stack shows |
| ns-not-default, ns-psa-labels | namespaces are not inside of a team's |
| netpol-*, ingress-tls-no-snippet | policies of Cilium and Calico, the Gateway API |
| service-not-exposed | Gateways and custom resources of AWS: the Services that are made for Gateways are judged |
| rbac-* | ClusterRoles and ClusterRoleBindings: they are in no team's namespace |
| workload-ha | an autoscaler's least may stand for replicas: other objects |
"""

from collections.abc import Iterator

from components.guardrails.access import access
from components.guardrails.advice import advice
from components.guardrails.claims import claims
from components.guardrails.environment import config_maps, environment
from components.guardrails.identities import identities
from components.guardrails.images import images
from components.guardrails.network import network
from components.guardrails.pods import pods
from components.guardrails.resources import resources
from components.guardrails.workloads import autoscalers, probes
from components.manifest import Manifest


def of_pods() -> tuple[Manifest, ...]:
    """Return the policies of what makes pods."""
    return pods(), resources(), images(), identities(), environment(), probes()


def of_other_objects() -> tuple[Manifest, ...]:
    """Return the policies of what is around pods."""
    return network(), access(), config_maps(), autoscalers(), claims()


def everything() -> Iterator[tuple[str, Manifest]]:
    """Yield every policy and what happens to an object that it does not admit."""
    yield from (("Deny", policy) for policy in (*of_pods(), *of_other_objects()))
    yield "Warn", advice()
