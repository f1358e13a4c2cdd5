"""What a stack tells the layers below, published in its account."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.contract import folder, published


class PublishedContract(pulumi.ComponentResource):
    """A contract as parameters of Systems Manager: whoever may read them needs no access to the stack's state.

    They are plain text: no secret is in a contract. `/agent-platform/<stack>/contract` holds it but for the teams,
    `/agent-platform/<stack>/teams/<team>` one of those each. A role reads one stack's by `ssm:GetParameter` on
    `parameter/agent-platform/<stack>/*`.
    """

    def __init__(
        self, name: str, stack: str, contract: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("agent-platform:index:PublishedContract", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._name = name
        self._publish(stack, contract)
        self.register_outputs({})

    def _publish(self, stack: str, contract: Mapping[str, Any]) -> None:
        shared, teams = published(contract)
        self._parameter("shared", f"{folder(stack)}/contract", f"What stack {stack} tells the layers below", shared)
        for team, told in teams.items():
            self._parameter(f"team-{team}", f"{folder(stack)}/teams/{team}", f"Team {team} of stack {stack}", told)

    def _parameter(self, role: str, path: str, description: str, value: Mapping[str, Any]) -> None:
        aws.ssm.Parameter(
            f"{self._name}-{role}",
            name=path,
            description=description,
            type=aws.ssm.ParameterType.STRING,
            insecure_value=pulumi.Output.json_dumps(value, separators=(",", ":"), sort_keys=True),
            tier="Intelligent-Tiering",  # more than 4,096 characters cost a few cents a month
            opts=self._child,
        )
