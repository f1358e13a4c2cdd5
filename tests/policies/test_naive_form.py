"""The dispatcher against stock policies of the SDK: the same violations, found with one decode."""

from typing import Any

import pytest
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel

from policies.pack import policy_of
from policies.rule import Resource
from policies.rules import RULES
from policies.servicer import Servicer
from tests.policies.manifests import KINDS, container, owned, resource, spec
from tests.policies.naive import naive

SPOILED = spec(
    hostPID=True,
    hostUsers=True,
    securityContext={"runAsUser": 0, "sysctls": [{"name": "kernel.msgmax", "value": "1"}]},
    volumes=[{"name": "v", "hostPath": {"path": "/run"}}, {"name": "w", "emptyDir": {}}],
    initContainers=[container("init", privileged=True, capabilities={"add": ["SYS_ADMIN"]})],
    containers=[
        {"name": "bare", "image": "nginx:latest", "ports": [{"containerPort": 80, "hostPort": 80}]},
        {**container("odd", runAsNonRoot="yes"), "resources": {"limits": {"cpu": "1x", "nvidia.com/gpu": 0.5}}},
    ],
)
OTHERS = [
    resource({"metadata": {"name": "n"}}, "kubernetes:core/v1:Namespace"),
    resource({"metadata": {"name": "c"}, "data": {"PASSWORD": "x"}}, "kubernetes:core/v1:ConfigMap"),
    resource({"spec": {"type": "NodePort", "externalIPs": ["1.1.1.1"]}}, "kubernetes:core/v1:Service"),
    resource({"rules": [{"verbs": ["*"], "resources": ["*"]}]}, "kubernetes:rbac.authorization.k8s.io/v1:Role"),
    resource({"spec": {"egress": [{}]}}, "kubernetes:networking.k8s.io/v1:NetworkPolicy"),
    resource({"vpcConfig": {"endpointPublicAccess": True}}, "aws:eks/cluster:Cluster"),
    resource({"policy": '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'}, "aws:iam/policy:Policy"),
    resource({"bucket": "b"}, "aws:s3/bucket:Bucket"),
    resource(
        {
            "items": [
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {"template": pod}}
                for name, pod in (
                    ("open", {"spec": spec()}),
                    ("kept", {"metadata": {"labels": {"agent-platform.dev/data-class": "health"}}, "spec": SPOILED}),
                )
            ]
        },
        "kubernetes:core/v1:List",
    ),
]
CASES = [owned(pod, kind) for kind in KINDS for pod in (SPOILED, spec())] + OTHERS


def request_for(judged: Resource) -> Any:
    """The engine's question about a resource."""
    request = proto.AnalyzeRequest(type=judged.type, urn=judged.urn, name=judged.name)
    request.properties.update(judged.properties)
    return request


def said(response: Any) -> set[tuple[str, str]]:
    """Rule and sentence of every diagnostic, without the resource that the dispatcher names first."""
    return {(each.policyName, each.message.split("\n", 1)[1]) for each in response.diagnostics}


@pytest.mark.parametrize("judged", CASES, ids=lambda judged: judged.type)
def test_the_dispatcher_says_what_stock_policies_say(judged: Resource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Servicer, "rules", RULES)
    pack = Servicer("pack", "0.0.1", [policy_of(rule) for rule in RULES], EnforcementLevel.MANDATORY)
    named = f'{judged.type} "{judged.name}": '
    stock = {(rule, named + text) for rule, text in said(naive(RULES).Analyze(request_for(judged), None))}
    assert said(pack.Analyze(request_for(judged), None)) == stock


def test_the_cases_are_told_apart() -> None:
    found = [said(naive(RULES).Analyze(request_for(judged), None)) for judged in (owned(SPOILED), owned(spec()))]
    assert len(found[0]) > 10
    assert found[1] == set()
