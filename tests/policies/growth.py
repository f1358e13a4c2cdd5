"""Resources that grow where a rule looks: its reads are watched, and absent places that it read are filled.

So a few steps lead deep into any rule without a word about the shapes that it knows.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pulumi_policy import EnforcementLevel

from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import AnyRule, Resource, ResourceOptions, Stack
from policies.unknowns import ABSENT, UNKNOWN, Field, Opaque, Secret
from tests.policies.manifests import KINDS, owned, resource, spec

HIDDEN = "correct-horse-battery"
Path = tuple[str | int, ...]
TYPES = (
    *KINDS,
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "kubernetes:keda.sh/v1alpha1:ScaledObject",
    "kubernetes:policy/v1:PodDisruptionBudget",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.sh/v4:Chart",
    "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
    "kubernetes:karpenter.sh/v1:NodePool",
    "kubernetes:core/v1:ServicePatch",
    "kubernetes:resource.k8s.io/v1:ResourceClaim",
    "kubernetes:resource.k8s.io/v1:ResourceClaimTemplate",
    "kubernetes:resource.k8s.io/v1:DeviceClass",
    "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:lb/listenerRule:ListenerRule",
    "aws:lambda/permission:Permission",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:cloudwatch/eventPermission:EventPermission",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/flowLog:FlowLog",
    "aws:ec2/subnet:Subnet",
    "aws:ebs/volume:Volume",
    "aws:iam/role:Role",
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/user:User",
    "aws:kms/key:Key",
    "aws:ecr/repository:Repository",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:s3/bucket:Bucket",
    "aws:efs/fileSystem:FileSystem",
    "aws:efs/accessPoint:AccessPoint",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/listener:Listener",
    "aws:opensearch/domain:Domain",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretRotation:SecretRotation",
)


def types_of(rule: AnyRule) -> list[str]:
    """The types that a rule looks at; all of them if it looks at whole stacks."""
    return [token for token in TYPES if rule.area is None or rule.area.concerns(token)]


def module_of(rule: AnyRule) -> str:
    """The name of the module that a rule's judgement is in."""
    judge = rule.judge or rule.judge_stack
    assert judge is not None
    return judge.__module__


@contextlib.contextmanager
def watched() -> Iterator[set[Path]]:
    """The places of a resource that are read and absent while the context lasts."""
    absent: set[Path] = set()
    at, items, entries = Field.at, Field.items, Field.entries

    def seen(field: Field, *more: str | int) -> None:
        if field.base is not None:
            absent.add((*field.base, *field.keys, *more))

    def watching_at(self: Field, *keys: str) -> Field:
        found = at(self, *keys)
        if found.value is ABSENT:
            seen(self, *keys)
        return found

    def watching_items(self: Field) -> Sequence[Field]:
        if isinstance(self.value, list):
            seen(self, len(self.value))
        return items(self)

    def watching_entries(self: Field) -> Iterator[tuple[str, Field]]:
        if isinstance(self.value, dict):
            seen(self, "key")
        return entries(self)

    Field.at, Field.items, Field.entries = watching_at, watching_items, watching_entries  # type: ignore[method-assign]
    try:
        yield absent
    finally:
        Field.at, Field.items, Field.entries = at, items, entries  # type: ignore[method-assign]


@cache
def words(module: str) -> tuple[str, ...]:
    """The short texts in the source of a module: among a rule's are the values that it looks for."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return tuple(sorted(word for word in found if 0 < len(word) < 50)) or ("x",)


@cache
def values(module: str) -> st.SearchStrategy[Any]:
    """Values of all kinds for a place that a rule reads, objects and lists to grow among them."""
    telling = st.sampled_from([*words(module), *("*", "", "true", "0.0.0.0/0", "1Gi")])
    texts = st.one_of(telling, telling, st.text(max_size=6))
    numbers = st.sampled_from([0, 1, 2, 22, 443, 65536, -1, 10**30, 0.5])
    empty: st.SearchStrategy[Any] = st.one_of(st.builds(dict), st.builds(list), st.just([{}]))
    strange = st.one_of(st.none(), st.just(UNKNOWN), st.builds(Opaque))
    plain = st.one_of(empty, empty, texts, texts, numbers, st.booleans(), strange, st.lists(texts, max_size=2))
    return st.one_of(plain, plain, plain, st.builds(Secret, plain))


def put(tree: Any, path: Path, value: object) -> Any:
    """A copy of the tree with a value at a path; objects and lists on the way are made."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(tree, Secret):
        return Secret(put(tree.value, path, value))
    if isinstance(key, int):
        listed = list(tree) if isinstance(tree, list) else []
        listed += [None] * (key + 1 - len(listed))
        listed[key] = put(listed[key], rest, value)
        return listed
    mapping = dict(tree) if isinstance(tree, dict) else {}
    return {**mapping, key: put(mapping.get(key), rest, value)}


def judged(
    rule: AnyRule, tree: Any, token: str, *, secrecy: bool = False, beside: tuple[Resource, ...] = ()
) -> list[Diagnostic]:
    """What a rule says of a resource alone, and of a small stack that it is in, with more resources beside it."""
    dispatcher = Dispatcher((rule,))
    options = ResourceOptions(ignore_changes=("spec", "policy"))
    subject = resource(tree, token)._replace(options=options, secrecy=secrecy)
    found = dispatcher.evaluate(subject)
    if rule.judge_stack is not None:
        others = (owned(spec()), resource({"metadata": {"name": "storefront"}}, "kubernetes:core/v1:Namespace"))
        found += dispatcher.evaluate_stack(Stack((subject, *others, *beside), preview=False))
    return found


def neighbours(name: object, namespace: object, kind: object = "Deployment") -> tuple[Resource, ...]:
    """Objects of one namespace that refer to one another by name, namespace and kind: any of these may be secret."""
    domain = "agent-platform.dev"
    metadata = {
        "name": name,
        "namespace": namespace,
        "labels": {"app": name, f"{domain}/data-class": "personal", f"{domain}/team": namespace},
        "annotations": {f"{domain}/residency": "eu-west-1"},
    }
    selector = {"matchLabels": {"app": name}}
    target = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": name}, "minReplicas": 2}
    claim = {"name": "data", "persistentVolumeClaim": {"claimName": name}}
    pod = spec(serviceAccountName=name, volumes=[claim])
    pods = {"replicas": 2, "template": {"metadata": metadata, "spec": pod}}
    binding = {"roleRef": {"kind": kind, "name": name}, "subjects": [{"kind": "ServiceAccount", "name": name}]}
    listed = {"items": [{"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": pods}]}
    bodies: dict[str, dict[str, Any]] = {
        "core/v1:Namespace": {"metadata": {**metadata, "name": namespace, "annotations": {}}},
        "core/v1:ServiceAccount": {},
        "core/v1:Service": {"spec": {"selector": {"app": name}, "type": "LoadBalancer"}},
        "core/v1:PersistentVolumeClaim": {"metadata": {"name": name, "namespace": namespace}},
        "core/v1:List": listed,
        "apps/v1:Deployment": {"spec": pods},
        "apps/v1:StatefulSet": {"spec": {**pods, "serviceName": name}},
        "autoscaling/v2:HorizontalPodAutoscaler": {"spec": {**target, "maxReplicas": 9}},
        "keda.sh/v1alpha1:ScaledObject": {"spec": target},
        "policy/v1:PodDisruptionBudget": {"spec": {"selector": selector, "minAvailable": 9}},
        "networking.k8s.io/v1:NetworkPolicy": {"spec": {"podSelector": selector}},
        "rbac.authorization.k8s.io/v1:RoleBinding": binding,
    }
    return tuple(resource({"metadata": metadata, **body}, f"kubernetes:{kind}") for kind, body in bodies.items())


def grown(draw: Any, rule: AnyRule, token: str, steps: int = 10) -> Any:
    """A resource of a type, grown in places that a rule reads."""
    tree: Any = dict(KINDS[token]({"metadata": {}, "spec": {}})) if token in KINDS and draw(st.booleans()) else {}
    secrecy = rule.area is not None and rule.area.secrecy
    for _ in range(draw(st.integers(1, steps))):
        with watched() as absent:
            judged(rule, tree, token, secrecy=secrecy)
        places = sorted(absent, key=str)
        if not places:
            break
        tree = put(tree, draw(st.sampled_from(places)), draw(values(module_of(rule))))
    return tree


def remedied(rule: AnyRule, subject: Resource) -> tuple[Any, ...]:
    """The edits that a rule would make."""
    return Dispatcher((rule,), levels={rule.name: EnforcementLevel.REMEDIATE}).edits(rule, subject)
