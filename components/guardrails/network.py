"""The guardrail of what reaches pods and what they reach: network policies, Services, Ingresses."""

from components.guardrails.cel import Check, listed, plain, quoted
from components.guardrails.policy import policy
from components.labels import NAMESPACE
from components.manifest import Manifest

_KINDS = {"networking.k8s.io": ["networkpolicies", "ingresses"], "": ["services"]}
_METADATA = ("169.254.169.254", "fd00:ec2::254", "64:ff9b::a9fe:a9fe")
"""The instance metadata service; last, the first address by way of NAT64."""

_NARROW = """isCIDR(block.cidr) && cidr(block.cidr).prefixLength() >= (cidr(block.cidr).ip().family() == 4 ? 16
  : cidr("64:ff9b::/96").containsCIDR(block.cidr) || cidr(block.cidr).containsIP("64:ff9b::") ? 112
  : 32)"""
"""A /16 is the largest VPC; a /112 of NAT64's is one of IPv4. Blocks that are all addresses together, each of them as
narrow as this, would be too many for one object."""

_CONTAINS = "isCIDR({0}) && cidr({0}).containsIP(address)"
_NAMES_NAMESPACES = f"""e.operator == "In" || (e.operator == "Exists" && e.key != {quoted(NAMESPACE)})"""
_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_LEGACY = "service.beta.kubernetes.io/aws-load-balancer-internal"
_INGRESS_SCHEME = "alb.ingress.kubernetes.io/scheme"
_CLASSES = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
"""The classes of load balancers that obey these annotations."""
_VARIABLES = {
    "rules": 'object.kind == "NetworkPolicy" ? dyn(object).spec.?egress.orValue([]) : []',
    "open": "variables.rules.exists(r, size(r.?to.orValue([])) == 0 || r.to.exists(peer, size(peer) == 0))",
    "peers": "variables.rules.map(r, r.?to.orValue([])).flatten()",
    "blocks": "variables.peers.filter(peer, has(peer.ipBlock)).map(peer, peer.ipBlock)",
    "hosts": 'object.kind == "Ingress" ? dyn(object).spec.?rules.orValue([]).map(r, r.?host.orValue("")) : []',
    "certified": """object.kind == "Ingress"
      ? dyn(object).spec.?tls.orValue([]).map(t, t.?hosts.orValue([])).flatten().map(host, host.lowerAscii()) : []""",
    "annotations": "object.metadata.?annotations.orValue({})",
}


def network() -> Manifest:
    """Return the policy of ways in and out.

    NetworkPolicies of Cilium and Calico, the Gateway API and the custom resources of AWS's controllers are not judged.
    """
    return policy("network", _KINDS, [*_ways_out(), *_ways_in()], _VARIABLES)


def _ways_out() -> list[Check]:
    every_namespace = f"""has(peer.namespaceSelector)
      && size(peer.namespaceSelector.?matchLabels.orValue({{}})) == 0
      && !peer.namespaceSelector.?matchExpressions.orValue([]).exists(e, {_NAMES_NAMESPACES})"""
    reached = _CONTAINS.format("block.cidr")
    taken_out = f"block.?except.orValue([]).exists(taken, {_CONTAINS.format('taken')})"
    return [
        plain(
            "netpol-no-open-egress",
            "!variables.open"
            f" && variables.blocks.all(block, {_NARROW}) && !variables.peers.exists(peer, {every_namespace})",
            "it lets out to everywhere, to every namespace, or to a network wider than /16 (IPv6: /32)",
            f"name the pods, the namespaces by {NAMESPACE}, or the networks that are needed",
        ),
        plain(
            "netpol-no-imds",
            f"!variables.open && {listed(_METADATA)}.all(address,"
            f" variables.blocks.all(block, isCIDR(block.cidr) && (!({reached}) || {taken_out})))",
            "it lets out to the instance metadata service (169.254.169.254 or fd00:ec2::254)",
            "name a network without it, or take it out by except",
        ),
    ]


def _ways_in() -> list[Check]:
    spec = "dyn(object).spec"
    covered = '(host in variables.certified || (host.contains(".") && "*" + host.substring(host.indexOf("."))'
    internal = f"""(variables.annotations[?{quoted(_SCHEME)}].orValue("") == "internal"
      || (!({quoted(_SCHEME)} in variables.annotations)
        && variables.annotations[?{quoted(_LEGACY)}].orValue("") == "true"))"""
    obeyed = f"{spec}.?loadBalancerClass.orValue({quoted(_CLASSES[0])}) in {listed(_CLASSES)}"
    service = f"""({spec}.?type.orValue("ClusterIP") != "NodePort"
      && size({spec}.?externalIPs.orValue([])) == 0
      && ({spec}.?type.orValue("ClusterIP") != "LoadBalancer" || ({obeyed} && {internal})))"""
    ingress = f'variables.annotations[?{quoted(_INGRESS_SCHEME)}].orValue("internal") == "internal"'
    return [
        plain(
            "service-not-exposed",
            f'object.kind == "Service" ? {service} : object.kind != "Ingress" || {ingress}',
            "it has a node port, an external address or a public load balancer",
            f"set type to ClusterIP, remove externalIPs, or set the annotation {_SCHEME} (of an Ingress:"
            f" {_INGRESS_SCHEME}) to internal, with a class of load balancers that obeys it ({', '.join(_CLASSES)})",
        ),
        Check(
            "ingress-tls-no-snippet",
            'object.kind != "Ingress" || (size(variables.hosts) > 0 && !has(dyn(object).spec.defaultBackend)'
            ' && !variables.annotations.exists(name, name.contains("snippet"))'
            ' && variables.hosts.all(host, host != "" && !host.contains("*"))'
            f" && variables.hosts.map(host, host.lowerAscii()).all(host, {covered} in variables.certified))))",
            '"the Ingress has a host without TLS or without a name, a default backend, or a snippet; its hosts: "'
            ' + variables.hosts.join(", ")',
            "name every host, list each in spec.tls[].hosts, and remove default backend and snippets",
        ),
    ]
