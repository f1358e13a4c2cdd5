"""Machines that nodes start from: what gives a node its disks, its metadata service and its user data.

That is a launch template, an instance, a launch configuration, a node group, or a node class of Karpenter. The volumes
that EBS makes alone are judged beside them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from policies.rule import Area, Resource
from policies.subjects.objects import objects
from policies.subjects.typed import typed
from policies.unknowns import Field

TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE: Final = "aws:ec2/instance:Instance"
CONFIGURATION: Final = "aws:ec2/launchConfiguration:LaunchConfiguration"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
VOLUME: Final = "aws:ebs/volume:Volume"
NODE_CLASS: Final = "karpenter.k8s.aws/EC2NodeClass"
_AWS: Final = frozenset({TEMPLATE, INSTANCE, CONFIGURATION, NODE_GROUP, VOLUME})
_NODE_CLASSES: Final = objects(NODE_CLASS)


class Machine(NamedTuple):
    """What a node is started from: its type, or the kind of the object, and the root of its settings.

    `complete` is whether what is absent here is absent from the machine: not so in a Patch or beside a template.
    """

    type: str
    root: Field
    complete: bool

    def at(self, *keys: str) -> Field:
        """A field of the settings."""
        return self.root.at(*keys)


def machines_of(resource: Resource) -> tuple[Machine, ...]:
    """The machines of a resource: itself, or the node classes that it holds."""
    if resource.type in _AWS:
        root = typed(resource).root
        templated = resource.type == INSTANCE and bool(tuple(root.at("launchTemplate").entries()))
        return (Machine(resource.type, root, not templated),)
    return tuple(Machine(NODE_CLASS, each.at("spec"), each.complete) for each in _NODE_CLASSES.subjects(resource))


MACHINES: Final = Area(
    concerns=lambda token: token in _AWS or _NODE_CLASSES.concerns(token),
    subjects=machines_of,
)
