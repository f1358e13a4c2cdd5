"""The cluster-wide guardrails as one component."""

import pulumi
from pulumi_kubernetes.admissionregistration.v1 import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding

from components.guardrails import policies
from components.guardrails.policy import area, binding
from components.manifest import arguments


class Guardrails(pulumi.ComponentResource):
    """The ValidatingAdmissionPolicies of a cluster and their bindings to all team namespaces."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:Guardrails", name, None, opts)
        self._name = name
        self._put_into_force()
        self.register_outputs({})

    def _put_into_force(self) -> None:
        for action, policy in policies.everything():
            made = ValidatingAdmissionPolicy(
                f"{self._name}-{area(policy)}", **arguments(policy), opts=pulumi.ResourceOptions(parent=self)
            )
            ValidatingAdmissionPolicyBinding(
                f"{self._name}-{area(policy)}-binding",
                **arguments(binding(policy, action)),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[made]),
            )
