"""nodes-minimal-role: a node's role may join the cluster and pull images, and nothing else.

Every pod that reaches the metadata service has what the node has. The CNI's permissions go to its own service account
by Pod Identity. Which role is a node's, and what is attached to it, only the whole stack shows: a role is found by its
name or ARN, or as what the other resource depends on.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import AnyRule, Options, References, Resource, Rule, Stack
from policies.subjects.iam_documents import one_or_many
from policies.subjects.machines import NODE_CLASS, NODE_GROUP
from policies.subjects.objects import objects_in
from policies.subjects.typed import Typed, typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_ROLE: Final = "aws:iam/role:Role"
_PROFILE: Final = "aws:iam/instanceProfile:InstanceProfile"
_USERS: Final = (
    (NODE_GROUP, ("nodeRoleArn",)),
    ("aws:eks/cluster:Cluster", ("computeConfig", "nodeRoleArn")),
    (_PROFILE, ("role",)),
)
_ATTACHMENTS: Final = (
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", "policyArn"),
    ("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "roleName", "policyArns"),
    ("aws:iam/policyAttachment:PolicyAttachment", "roles", "policyArn"),
)
_INLINE: Final = "aws:iam/rolePolicy:RolePolicy"
_FIX: Final = "attach the worker and registry policies only, and give pods their own roles by Pod Identity"
_MANAGED: Final = (
    *("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy", "AmazonSSMManagedInstanceCore"),
    *("AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly"),
)


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds everything that is attached to a node's role beyond the listed policies."""
    policies = options["policies"]
    for role in _node_roles(stack):
        urn = role.resource.urn
        for inline in role.at("inlinePolicies").items():
            yield Violation(f"{place(inline)} gives nodes more than they need. Fix: {_FIX}.", urn=urn)
        for arn in role.at("managedPolicyArns").items():
            yield from _judge_arn(arn, policies, urn)
        yield from _attached(stack, role, policies)


def _node_roles(stack: Stack) -> list[Typed]:
    fields = [(user.at(*path), user.resource) for token, path in _USERS for user in typed_in(stack, token)]
    fields += [(each.at("spec", "role"), each.resource) for each in stack.view(objects_in) if each.kind == NODE_CLASS]
    return [role for role in typed_in(stack, _ROLE) if any(_means(*each, role) for each in fields)]


def _attached(stack: Stack, role: Typed, policies: tuple[str, ...]) -> Iterator[Finding]:
    for token, to, what in _ATTACHMENTS:
        for each in typed_in(stack, token):
            if any(_means(field, each.resource, role) for field in one_or_many(each.at(to))):
                for arn in one_or_many(each.at(what)):
                    yield from _judge_arn(arn, policies, each.resource.urn)
    for each in typed_in(stack, _INLINE):
        if _means(each.at("role"), each.resource, role):
            text = f"{place(each.at('policy'))} gives nodes more than they need. Fix: {_FIX}."
            yield Violation(text, urn=each.resource.urn)


def _judge_arn(arn: Field, policies: tuple[str, ...], urn: str) -> Iterator[Finding]:
    if arn.value is UNKNOWN:
        yield Unjudged(place(arn), urn)
    elif not isinstance(arn.value, str) or not _is_listed(arn.value, policies):
        yield Violation(f"{place(arn)} is {arn.text}, more than nodes need. Fix: {_FIX}.", urn=urn)


def _is_listed(arn: str, policies: tuple[str, ...]) -> bool:
    prefix, _, name = arn.rpartition("/")
    owner = prefix.removesuffix("/service-role")
    return arn in policies or (name in policies and owner.startswith("arn:") and owner.endswith(":iam::aws:policy"))


def _means(field: Field, resource: Resource, role: Typed) -> bool:
    """Whether a field of a resource holds this role; where its value is unknown, by what the resource depends on."""
    if field.value is UNKNOWN:
        return role.resource.urn in resource.dependencies
    return field.value is not ABSENT and field.value in _names(role)


def _names(role: Typed) -> tuple[object, ...]:
    """What names a role elsewhere. A role whose ARN is yet unknown is known by its name."""
    return tuple(value for key in ("name", "id", "arn") if isinstance(value := role.at(key).value, str))


RULE: AnyRule = Rule(
    name="nodes-minimal-role",
    description="The role of nodes must hold the worker and image policies only.",
    why="Whatever the node may do, a pod that reaches the node's credentials may do.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(cis_eks=("5.1.3",), kyverno=("require-aws-node-irsa",), owasp=("ASI03",)),
    remediation="Detach all but the worker and registry policies, and give pods their own roles by Pod Identity.",
    judge_stack=judge_stack,
    options={"policies": text_list("Names of AWS managed policies, or ARNs, that nodes may have.", _MANAGED)},
)
