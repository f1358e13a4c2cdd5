"""A living cluster whose nodes are to be started by somebody else: the new is made before the old goes."""

from tests.components.eks.computing import AUTO, KARPENTER, recorded
from tests.components.eks.test_autoscaler import GPU_GROUP, managed

_IN_SOMETHING = ("aws:iam/rolePolicy:RolePolicy", "aws:eks/nodeGroup:NodeGroup")
"""Types whose names are unique in a role or a cluster only."""


def test_no_name_in_aws_is_taken_by_two_resources_that_may_be_there_at_once() -> None:
    takers: dict[tuple[str, str], set[str]] = {}
    for compute in (managed(GPU_GROUP), KARPENTER, AUTO):
        for each in recorded(compute).registered:
            if each.type.startswith("aws:") and each.type not in _IN_SOMETHING and "name" in each.inputs:
                takers.setdefault((each.type, each.inputs["name"]), set()).add(each.urn)
    kinds = {kind.rpartition(":")[2] for kind, _ in takers}
    assert {"Role", "InstanceProfile", "Alias", "Queue", "EventRule"} <= kinds
    assert {taken: urns for taken, urns in takers.items() if len(urns) > 1} == {}
