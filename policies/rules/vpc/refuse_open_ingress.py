"""sg-no-open-ingress: administration ports and all traffic are closed to the world, in security groups and ACLs.

A public range of more addresses than any one company uses counts as the world; private ranges pass.
Of a network ACL only port ranges are judged: it lets all traffic in as AWS makes it, and must let answers in.
"""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.options import whole_number
from policies.rule import Options, References, Rule
from policies.subjects.security_groups import ACLS, GROUPS, WORLD, opened, port_list, traffic
from policies.subjects.typed import Typed, of_type

_FIX = "name the addresses, the security group or the prefix list that the traffic comes from"


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds every rule of incoming traffic that opens a listed port, or all of them, to the world."""
    ports, least = options["ports"], {4: options["leastPrefixIpv4"], 6: options["leastPrefixIpv6"]}
    for rule in traffic(subject, "ingress"):
        yield from opened(rule, ports, _FIX, least)


RULE = Rule(
    name="sg-no-open-ingress",
    description="SSH, RDP, plain HTTP and all traffic must not be open to the world.",
    why="A port that the whole internet reaches is scanned within minutes, and one stolen key or flaw behind it is all "
    "that an attacker needs.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(
        checkov=("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277", "CKV_AWS_231", "CKV_AWS_232")
    ),
    remediation="Replace 0.0.0.0/0 and ::/0 by the ranges, security groups or prefix lists that need the port.",
    area=of_type(*GROUPS, *ACLS),
    judge=judge,
    options={
        "ports": port_list("The ports that must not be open to the world.", [22, 80, 3389]),
        "leastPrefixIpv4": whole_number("Public IPv4 ranges with a shorter prefix are the world.", 16, WORLD[4], 32),
        "leastPrefixIpv6": whole_number("Public IPv6 ranges with a shorter prefix are the world.", 32, WORLD[6], 128),
    },
)
