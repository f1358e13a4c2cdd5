"""The cases of objects around pods: RBAC, accounts, ConfigMaps, network policies, Services, Ingresses, autoscalers."""

from collections.abc import Iterator
from typing import Any

from tests.policies.manifests import NAMESPACE, Json

_RBAC = "rbac.authorization.k8s.io"
_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_LEGACY = "service.beta.kubernetes.io/aws-load-balancer-internal"
_INGRESS_SCHEME = "alb.ingress.kubernetes.io/scheme"


def _object(version: str, kind: str, annotations: dict[str, str] | None = None, **content: Any) -> Json:
    metadata = {"name": "web", "namespace": NAMESPACE, **({"annotations": annotations} if annotations else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}


def _role(group: str, resource: str, *verbs: str) -> Json:
    return _object(f"{_RBAC}/v1", "Role", rules=[{"apiGroups": [group], "resources": [resource], "verbs": [*verbs]}])


def _bound(role: str, subject: Json | None = None, kind: str = "ClusterRole") -> Json:
    group = {"kind": "Group", "name": "engineers", "apiGroup": _RBAC}
    reference = {"apiGroup": _RBAC, "kind": kind, "name": role}
    return _object(f"{_RBAC}/v1", "RoleBinding", roleRef=reference, subjects=[{**group, **(subject or {})}])


def _policy(*egress: Json) -> Json:
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": list(egress)}
    return _object("networking.k8s.io/v1", "NetworkPolicy", spec=spec)


def _block(cidr: str, *taken: str) -> Json:
    return {"to": [{"ipBlock": {"cidr": cidr, **({"except": [*taken]} if taken else {})}}]}


def _namespaces(**selector: Any) -> Json:
    return {"to": [{"namespaceSelector": selector, "podSelector": {}}]}


def _service(annotations: dict[str, str] | None = None, **spec: Any) -> Json:
    return _object("v1", "Service", annotations, spec={"ports": [{"port": 80}], "selector": {"a": "b"}, **spec})


def _ingress(host: str, *certified: str, annotations: dict[str, str] | None = None, **spec: Any) -> Json:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    rules = [{**rule, **({"host": host} if host else {})}]
    tls = [{"hosts": [*certified], "secretName": "web-tls"}]
    content = {"rules": rules, **({"tls": tls} if certified else {}), **spec}
    return _object("networking.k8s.io/v1", "Ingress", annotations, spec=content)


def _autoscaler(least: int, most: int) -> Json:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    spec = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most, "metrics": [metric]}
    return _object("autoscaling/v2", "HorizontalPodAutoscaler", spec=spec)


def _config(name: str, value: str) -> Json:
    return _object("v1", "ConfigMap", data={name: value})


def _account(**fields: Any) -> Json:
    return _object("v1", "ServiceAccount", **fields)


_REFUSED: dict[str, dict[str, Json]] = {
    "sa-no-automount": {"not said": _account(), "mounted": _account(automountServiceAccountToken=True)},
    "configmap-no-secret": {
        "a password": _config("db.password", "correct horse"),
        "a private key": _config("tls.pem", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
        "a token": _config("settings", "first: 1\nsecond: hf_" + "aB3" * 10),
    },
    "rbac-no-wildcard": {
        "any verb": _role("example.com", "things", "*"),
        "any resource": _role("example.com", "*", "get"),
        "any group": _role("*", "things", "get"),
        "any status": _role("example.com", "*/status", "get"),
    },
    "rbac-no-escalation": {
        "bind": _role(_RBAC, "roles", "bind"),
        "escalate": _role(_RBAC, "clusterroles", "escalate"),
        "impersonate": _role("", "serviceaccounts", "impersonate"),
        "impersonate by attribute": _role("authentication.k8s.io", "userextras/scopes", "impersonate"),
        "a node's pods": _role("", "nodes/proxy", "get"),
        "tokens": _role("", "serviceaccounts/token", "create"),
        "certificates": _role("certificates.k8s.io", "certificatesigningrequests/approval", "update"),
        "signing": _role("certificates.k8s.io", "signers", "sign"),
        "webhooks": _role("admissionregistration.k8s.io", "validatingwebhookconfigurations", "delete"),
        "volumes": _role("", "persistentvolumes", "create"),
        "the traffic of Services": _role("", "services/status", "patch"),
        "labels of namespaces": _role("", "namespaces", "patch"),
    },
    "rbac-no-secrets-exec-pods": {
        "secrets": _role("", "secrets", "list"),
        "commands": _role("", "pods/exec", "create"),
        "ports": _role("", "pods/portforward", "get"),
        "debugging": _role("", "pods/ephemeralcontainers", "patch"),
        "pods": _role("", "pods", "create"),
        "controllers": _role("", "replicationcontrollers", "update"),
        "workloads": _role("apps", "deployments", "patch"),
        "jobs": _role("batch", "cronjobs", "update"),
        "ports by the API server": _role("", "services/proxy", "get"),
        "workflows": _role("argoproj.io", "workflows", "create"),
        "Ray": _role("ray.io", "rayjobs", "create"),
        "scaled jobs": _role("keda.sh", "scaledjobs", "patch"),
        "sandboxes": _role("agents.x-k8s.io", "sandboxes", "create"),
        "templates of sandboxes": _role("extensions.agents.x-k8s.io", "sandboxtemplates", "create"),
        "the built-in role edit": _bound("edit"),
    },
    "rbac-no-cluster-admin": {
        "the role": _bound("cluster-admin"),
        "everybody": _bound("view", {"name": "system:authenticated"}),
        "a controller of Kubernetes": _bound("system:controller:job-controller"),
        "all accounts of a namespace": _bound("view", {"name": "system:serviceaccounts:web"}),
        "all nodes": _bound("view", {"name": "system:nodes"}),
        "the masters": _bound("web", {"name": "system:masters"}, kind="Role"),
        "strangers": _bound("view", {"kind": "User", "name": "system:anonymous"}),
    },
    "netpol-no-open-egress": {
        "no peer": _policy({"ports": [{"port": 443}]}),
        "everything": _policy(_block("0.0.0.0/0", "169.254.0.0/16")),
        "a half": _policy(_block("0.0.0.0/1")),
        "all of IPv6": _policy(_block("::/0", "fd00:ec2::/32", "64:ff9b::/96")),
        "a wide network": _policy(_block("10.0.0.0/15")),
        "a wide IPv6 network": _policy(_block("2001::/31")),
        "the internet by NAT64": _policy(_block("64:ff9b::/96", "64:ff9b::a9fe:a9fe/128")),
        "every namespace": _policy(_namespaces()),
        "all namespaces but one": _policy(
            _namespaces(matchExpressions=[{"key": "a", "operator": "NotIn", "values": ["b"]}])
        ),
        "all that have a name": _policy(
            _namespaces(matchExpressions=[{"key": "kubernetes.io/metadata.name", "operator": "Exists"}])
        ),
    },
    "netpol-no-imds": {
        "the network": _policy(_block("169.254.0.0/16")),
        "the address": _policy(_block("169.254.169.254/32")),
        "the IPv6 address": _policy(_block("fd00:ec2::/64")),
        "by NAT64": _policy(_block("64:ff9b::a9fe:a9fe/128")),
        "around NAT64": _policy(_block("64:ff9b::/64")),
        "too little taken out": _policy(_block("169.254.0.0/16", "169.254.169.253/32")),
    },
    "ingress-tls-no-snippet": {
        "no TLS": _ingress("web.example.com"),
        "TLS for another": _ingress("web.example.com", "other.example.com"),
        "a wildcard": _ingress("*.example.com", "*.example.com"),
        "no host": _ingress("", "web.example.com"),
        "a default backend": _ingress(
            "web.example.com",
            "web.example.com",
            defaultBackend={"service": {"name": "web", "port": {"number": 80}}},
        ),
        "a snippet": _ingress(
            "web.example.com",
            "web.example.com",
            annotations={"nginx.ingress.kubernetes.io/server-snippet": "return 200;"},
        ),
    },
    "service-not-exposed": {
        "a node port": _service(type="NodePort"),
        "an external address": _service(externalIPs=["203.0.113.1"]),
        "a public load balancer": _service(type="LoadBalancer"),
        "a load balancer of a class that need not obey": _service(
            {_SCHEME: "internal"}, type="LoadBalancer", loadBalancerClass="metallb.io/metallb"
        ),
        "a public Ingress": _ingress(
            "web.example.com", "web.example.com", annotations={_INGRESS_SCHEME: "internet-facing"}
        ),
        "a load balancer said to be public": _service(
            {_SCHEME: "internet-facing", _LEGACY: "true"}, type="LoadBalancer"
        ),
    },
    "hpa-sane": {"too many": _autoscaler(2, 51)},
}
_ADMITTED: dict[str, dict[str, Json]] = {
    "sa-no-automount": {"said": _account(automountServiceAccountToken=False)},
    "configmap-no-secret": {
        "a name": _config("secret.name", "web"),
        "a certificate": _config("ca.crt", "-----BEGIN CERTIFICATE-----\nMII"),
        "a path": _config("password", "/run/secrets/password"),
    },
    "rbac-no-escalation": {"reading roles": _role(_RBAC, "roles", "get", "list", "watch")},
    "rbac-no-secrets-exec-pods": {
        "watching pods": _role("", "pods", "get", "list", "watch", "delete"),
        "workloads of another group": _role("example.com", "deployments", "create"),
        "another role of that name": _bound("edit", kind="Role"),
    },
    "rbac-no-cluster-admin": {
        "viewing": _bound("view"),
        "a role of that name": _bound("cluster-admin", kind="Role"),
        "an account": _bound("view", {"kind": "ServiceAccount", "name": "web", "apiGroup": ""}),
    },
    "netpol-no-open-egress": {
        "nothing": _policy(),
        "a network": _policy(_block("10.0.0.0/16")),
        "an IPv6 network": _policy(_block("2001:db8::/32")),
        "its own namespace": _policy({"to": [{"podSelector": {}}]}),
        "a namespace": _policy(_namespaces(matchLabels={"kubernetes.io/metadata.name": "media"})),
        "namespaces of a kind": _policy(_namespaces(matchExpressions=[{"key": "role", "operator": "Exists"}])),
    },
    "netpol-no-imds": {
        "identity": _policy(_block("169.254.170.23/32")),
        "taken out": _policy(_block("169.254.0.0/16", "169.254.169.254/32")),
    },
    "ingress-tls-no-snippet": {
        "TLS": _ingress("web.example.com", "web.example.com"),
        "TLS for all names of a zone": _ingress("web.example.com", "*.example.com"),
    },
    "service-not-exposed": {
        "plain": _service(),
        "an Ingress of the private network": _ingress(
            "web.example.com", "web.example.com", annotations={_INGRESS_SCHEME: "internal"}
        ),
        "internal by a class that obeys": _service(
            {_SCHEME: "internal"}, type="LoadBalancer", loadBalancerClass="eks.amazonaws.com/nlb"
        ),
        "internal": _service({_SCHEME: "internal"}, type="LoadBalancer"),
        "internal in the old way": _service({_LEGACY: "true"}, type="LoadBalancer"),
    },
    "hpa-sane": {"as many as allowed": _autoscaler(2, 50)},
}


def cases() -> Iterator[tuple[str, str, bool, Json]]:
    """Yield rule, what it is, whether it is refused, and the object."""
    for table, refused in ((_REFUSED, True), (_ADMITTED, False)):
        for rule, objects in table.items():
            yield from ((rule, what, refused, manifest) for what, manifest in objects.items())
