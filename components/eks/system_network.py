"""What the cluster's own pods may talk to, as NetworkPolicies.

The CNI runs in strict mode: a pod that no policy selects reaches nothing and nobody. So these are there before the
first such pod starts; DNS would never become ready else.
https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
"""

from ipaddress import IPv4Network

from components.config.addons import AddOn
from components.labels import Component, labels, metadata
from components.manifest import Manifest

NAMESPACE = "kube-system"
_VERSION = "1.0.0"
_DNS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
_POD_IDENTITY_AGENT = "169.254.170.23/32"
_HTTPS = {"protocol": "TCP", "port": 443}
_KUBELET = {"protocol": "TCP", "port": 10250}
_NOT_INTERNET = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]


def add_ons(network_cidr: str, service_cidr: str) -> Manifest:
    """Return the policy of all pods in kube-system: API server, kubelets, DNS, AWS by endpoints of the network.

    Whoever is let out to them may come in, from the network or from any pod: the API server asks their webhooks,
    everybody asks DNS, and Prometheus their metrics.

    Args:
        network_cidr: the VPC's range: nodes, pods, the API server's interfaces and the endpoints of AWS.
        service_cidr: the range of Services; its first address is the API server's.
    """
    inside = {"ipBlock": {"cidr": network_cidr}}
    api = {"ipBlock": {"cidr": f"{IPv4Network(service_cidr)[1]}/32"}}
    dns = {"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    spec = {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [inside, {"namespaceSelector": {}}]}],
        "egress": [
            {"to": [inside], "ports": [_HTTPS, _KUBELET, *_DNS]},
            {"to": [api], "ports": [_HTTPS]},
            {"to": [dns], "ports": _DNS},
            {"to": [{"ipBlock": {"cidr": _POD_IDENTITY_AGENT}}], "ports": [{"protocol": "TCP", "port": 80}]},
        ],
    }
    return _policy("add-ons", spec)


def external_dns() -> Manifest:
    """Return the policy by which external-dns reaches Route 53, whose addresses are nobody's but the internet's."""
    spec = {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": AddOn.EXTERNAL_DNS.value}},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": _NOT_INTERNET}}], "ports": [_HTTPS]}],
    }
    return _policy("external-dns", spec)


def _policy(name: str, spec: Manifest) -> Manifest:
    marks = labels(name, name, Component.GUARDRAIL, "agent-platform", _VERSION)
    return {"metadata": metadata(f"agent-platform-{name}", marks, NAMESPACE), "spec": spec}
