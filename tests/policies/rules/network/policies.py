"""What the tests of network policies judge."""

from policies.rule import Resource
from tests.policies.manifests import resource

PLAIN = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def policy(*rules: object, kind: str = PLAIN) -> Resource:
    return resource({"metadata": {"name": "p", "namespace": "web"}, "spec": {"egress": list(rules)}}, kind)
