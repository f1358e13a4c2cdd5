"""Rules of incoming traffic in every form that AWS has."""

from typing import Any

from policies.subjects.security_groups import (
    ACL,
    ACL_RULE,
    DEFAULT_ACL,
    DEFAULT_GROUP,
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
)
from tests.policies.manifests import Json, resource


def ranges(cidr: str, four: str, six: str, *, listed: bool) -> Json:
    key = six if ":" in cidr else four
    return {key: [cidr] if listed else cidr}


def inline(token: str) -> Any:
    def make(cidr: str, **fields: Any) -> Any:
        rule = {"protocol": "tcp", **ranges(cidr, "cidrBlocks", "ipv6CidrBlocks", listed=True), **fields}
        return resource({"ingress": [rule]}, token)

    return make


def group_rule(cidr: str, **fields: Any) -> Any:
    addresses = ranges(cidr, "cidrBlocks", "ipv6CidrBlocks", listed=True)
    return resource({"type": "ingress", "protocol": "tcp", **addresses, **fields}, GROUP_RULE)


def ingress_rule(cidr: str, **fields: Any) -> Any:
    protocol = fields.pop("protocol", "tcp")
    addresses = ranges(cidr, "cidrIpv4", "cidrIpv6", listed=False)
    return resource({"ipProtocol": protocol, **addresses, **fields}, INGRESS_RULE)


def acl(token: str) -> Any:
    def make(cidr: str, **fields: Any) -> Any:
        addresses = ranges(cidr, "cidrBlock", "ipv6CidrBlock", listed=False)
        return resource({"ingress": [{"action": "allow", "protocol": "tcp", **addresses, **fields}]}, token)

    return make


def acl_rule(cidr: str, **fields: Any) -> Any:
    addresses = ranges(cidr, "cidrBlock", "ipv6CidrBlock", listed=False)
    return resource({"ruleAction": "allow", "protocol": "tcp", **addresses, **fields}, ACL_RULE)


GROUP_FORMS = {
    GROUP: inline(GROUP),
    DEFAULT_GROUP: inline(DEFAULT_GROUP),
    GROUP_RULE: group_rule,
    INGRESS_RULE: ingress_rule,
}
ACL_FORMS = {ACL: acl(ACL), DEFAULT_ACL: acl(DEFAULT_ACL), ACL_RULE: acl_rule}
FORMS = {**GROUP_FORMS, **ACL_FORMS}
