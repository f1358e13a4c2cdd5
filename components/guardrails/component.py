"""The cluster-wide guardrails as one component."""

import pulumi
from pulumi_kubernetes.admissionregistration.v1 import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding

from components.guardrails import policies
from components.manifest import Manifest, arguments


class Guardrails(pulumi.ComponentResource):
    """The ValidatingAdmissionPolicies of a cluster and their bindings to all team namespaces."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:Guardrails", name, None, opts)
        self._enforce(f"{name}-images", policies.images())
        self._enforce(f"{name}-resources", policies.resources())
        self._enforce(f"{name}-identities", policies.identities())
        self.register_outputs({})

    def _enforce(self, name: str, policy: Manifest) -> None:
        made = ValidatingAdmissionPolicy(name, **arguments(policy), opts=pulumi.ResourceOptions(parent=self))
        ValidatingAdmissionPolicyBinding(
            f"{name}-binding",
            **arguments(policies.binding(policy)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[made]),
        )
