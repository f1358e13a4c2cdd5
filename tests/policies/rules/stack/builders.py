"""What the tests of stack rules put into stacks."""

from __future__ import annotations

from typing import Any

from policies.rule import Resource
from policies.unknowns import Field
from tests.policies.manifests import NAMESPACE, container, resource, spec

Json = dict[str, Any]
LABELS = {"app": "web"}
SELECTS_WEB = {"matchLabels": LABELS}


def field(value: object) -> Field:
    """A value as rules read it."""
    return Field({"it": value}, "", base=()).at("it")


def made(
    kind: str, name: str = "web", namespace: Any = NAMESPACE, metadata: Json | None = None, **rest: Any
) -> Resource:
    """An object in a namespace; one whose namespace is None names none."""
    placed = {} if namespace is None else {"namespace": namespace}
    return resource({"metadata": {"name": name, **placed, **(metadata or {})}, **rest}, f"kubernetes:{kind}", name)


def listed(*objects: Resource) -> Resource:
    """A List that holds these objects."""
    items = []
    for each in objects:
        version, _, kind = each.type.removeprefix("kubernetes:").partition(":")
        properties = each.properties if isinstance(each.properties, dict) else {}
        items.append({"apiVersion": version.removeprefix("core/"), "kind": kind, **properties})
    return resource({"items": items}, "kubernetes:core/v1:List", "all")


def deployment(
    name: str = "web",
    namespace: Any = NAMESPACE,
    labels: Any = None,
    kind: str = "apps/v1:Deployment",
    pod: Json | None = None,
    **fields: Any,
) -> Resource:
    """A workload whose pods have these labels, `app: web` unless given."""
    template = {"metadata": {"labels": LABELS if labels is None else labels}, "spec": spec() if pod is None else pod}
    return made(kind, name, namespace, spec={"template": template, **fields})


def policy(name: str = "policy", namespace: Any = NAMESPACE, **fields: Any) -> Resource:
    """A NetworkPolicy that closes every pod of its namespace both ways, with fields replaced."""
    closing = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], **fields}
    return made("networking.k8s.io/v1:NetworkPolicy", name, namespace, spec=closing)


def requesting(**requests: Any) -> Json:
    """A pod of one container that requests this."""
    asking = container()
    asking["resources"] = {"requests": requests}
    return spec(containers=[asking])
