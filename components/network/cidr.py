"""Which addresses each subnet gets: arithmetic alone, so that no later change moves a subnet that exists.

AWS can't change a subnet's range: it would be made anew, with every node, load balancer and interface in it. So a
subnet's place follows from its own zone and kind only, never from how many there are or in which order they are named.
The zone's letter is its number (a = 0 … f = 5; no region has more), and of a VPC /n

- eighth 0…5 is the private subnet of zone a…f: /(n+3), 8192 addresses in a /16, 512 in a /20;
- eighth 6 is cut into eight again; piece 0…5 is the public subnet of zone a…f: /(n+6), 1024 addresses in a /16, 64 in
  a /20;
- eighth 7 likewise holds the intra subnets;
- pieces 6 and 7 of the last two eighths are nobody's: four pieces are sixteen /(n+8), two further kinds in six zones.

AWS keeps 5 addresses of each subnet (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). A load
balancer wants a /27 with 8 free (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/ \
application-load-balancers.html), EKS 6 and better 16 free for the control plane
(https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html), each interface endpoint one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

ZONES = "abcdef"
"""The letters that zones can have."""
LARGEST, SMALLEST = 16, 20
"""The prefix lengths of a VPC: AWS makes none larger, and in a smaller one public subnets would be less than a /26."""
_KEPT_BY_AWS = 5


class Kind(StrEnum):
    """What a subnet is for: load balancers and NAT, nodes and pods, or what talks inside of the VPC only."""

    PUBLIC = "public"
    PRIVATE = "private"
    INTRA = "intra"


@dataclass(frozen=True)
class Subnet:
    """One planned subnet."""

    kind: Kind
    zone: str
    cidr: str

    @property
    def letter(self) -> str:
        """Return the zone's letter, which names the subnet's resources."""
        return self.zone[-1]


def plan(cidr: str, zones: Sequence[str]) -> tuple[Subnet, ...]:
    """Return the subnets of a VPC, by kind and in the order of the zones' letters.

    Args:
        cidr: the VPC's range, /16 to /20.
        zones: names of availability zones of one region, each with a letter of its own from a to f at its end.

    Raises:
        ValueError: the range or the zones are none of those.
    """
    vpc = IPv4Network(cidr)
    if not LARGEST <= vpc.prefixlen <= SMALLEST:
        raise ValueError(f"{cidr} is not between /{LARGEST} and /{SMALLEST}")
    letters = [zone[-1] for zone in zones]
    if len(set(letters)) < len(letters) or not set(letters) <= set(ZONES):
        raise ValueError(f"zones {', '.join(zones)} do not each have a letter of their own from {ZONES}")
    ordered = sorted(zones, key=lambda zone: zone[-1])
    return tuple(Subnet(kind, zone, str(_range(vpc, kind, ZONES.index(zone[-1])))) for kind in Kind for zone in ordered)


def usable(prefix: int, kind: Kind) -> int:
    """Return how many addresses a subnet of this kind offers in a VPC with this prefix length."""
    return max(0, (1 << max(0, 32 - prefix - _added(kind))) - _KEPT_BY_AWS)


def _range(vpc: IPv4Network, kind: Kind, number: int) -> IPv4Network:
    eighths = list(vpc.subnets(prefixlen_diff=3))
    if kind is Kind.PRIVATE:
        return eighths[number]
    return list(eighths[6 if kind is Kind.PUBLIC else 7].subnets(prefixlen_diff=3))[number]


def _added(kind: Kind) -> int:
    return 3 if kind is Kind.PRIVATE else 6
