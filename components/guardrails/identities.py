"""The guardrail of who a pod is and where it runs: its service account, its tokens, its runtime class."""

from components.guardrails.cel import COMPONENT, listed, plain, quoted
from components.guardrails.policy import for_pods
from components.guardrails.resources import UNTRUSTED_PODS
from components.labels import Component
from components.manifest import Manifest

_RUNTIME_CLASSES = ("gvisor", "kata", "kata-qemu", "kata-clh", "kata-fc")
_POD_IDENTITY = "pods.eks.amazonaws.com"
_VARIABLES = {
    "untrusted": UNTRUSTED_PODS,
    "agent": f"""variables.untrusted || variables.template.?metadata.?labels.orValue({{}})
      [?{quoted(COMPONENT)}].orValue("") == {quoted(Component.AGENT)}""",
    "sources": "variables.volumes.map(v, v.?projected.?sources.orValue([])).flatten()",
}


def identities() -> Manifest:
    """Return the policy that keeps agents from the API server and from each other's identity.

    EKS puts the token for its Pod Identity agent into pods as they are made, for an audience that the API server does
    not accept; so pods may have that one, and templates none.
    """
    proves = f"""has(s.clusterTrustBundle) || has(s.podCertificate) || (has(s.serviceAccountToken)
      && !(dyn(object).kind == "Pod" && s.serviceAccountToken.?audience.orValue("") == {quoted(_POD_IDENTITY)}))"""
    return for_pods(
        "identities",
        [
            plain(
                "sa-no-automount",
                "!variables.pod.?automountServiceAccountToken.orValue(true)",
                "the pod would get a token for the API server",
                "set automountServiceAccountToken: false",
            ),
            plain(
                "sa-dedicated",
                'variables.pod.?serviceAccountName.orValue("") != ""'
                ' ? variables.pod.serviceAccountName != "default"'
                ' : !(variables.pod.?serviceAccount.orValue("") in ["", "default"])',
                "the pod has no service account of its own",
                "set serviceAccountName to a service account that is this workload's own",
            ),
            plain(
                "sandbox-no-projected-token",
                f"!variables.agent || !variables.sources.exists(s, {proves})",
                "a projected volume hands the agent a token, certificate or trust bundle",
                "remove the source; an agent reaches AWS by EKS Pod Identity, which needs none",
            ),
            plain(
                "agent-runtime-class",
                f'!variables.untrusted || variables.pod.?runtimeClassName.orValue("") in {listed(_RUNTIME_CLASSES)}',
                "the pod runs untrusted code on the node's own kernel",
                f"set runtimeClassName to {' or '.join(_RUNTIME_CLASSES)}",
            ),
        ],
        _VARIABLES,
    )
