"""One resource in the making: made-up ids that are the same in every run, and what else its outputs are made from."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local.providers.aws.kind import Object

if TYPE_CHECKING:
    from local.providers.aws.inventory import Row, Transaction

_MADE_UP = re.compile(r"(hex|upper|digits)(\d+)")
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_SHORT_REGION = re.compile(r"([a-z]{2})-(?:[a-z]+-)?(north|south|east|west|central)(north|south|east|west)?-(\d)")


@dataclass
class Making:
    """`seed` names the resource: its URN and how often the inventory has seen it made; `number` counts all of them."""

    token: str
    seed: str
    number: int
    region: str
    account: str
    partition: str
    inputs: Object
    transaction: Transaction
    values: Object = field(default_factory=dict)
    """Inputs and the outputs made so far."""

    def text(self, template: str, purpose: str = "id", **more: str) -> str:
        """A template filled in, with `more` beside the resource's values; made-up parts differ by purpose."""
        return template.format_map(_Parts(self, purpose, more))

    def hex(self, purpose: str, length: int) -> str:
        """Hexadecimal digits."""
        return hashlib.sha256(f"{self.seed}/{purpose}".encode()).hexdigest()[:length]

    def digits(self, purpose: str, length: int) -> str:
        """Decimal digits, the first not zero."""
        return str(10 ** (length - 1) + int(self.hex(purpose, 40), 16) % (9 * 10 ** (length - 1)))

    def upper(self, purpose: str, length: int) -> str:
        """Capitals and the digits 2 to 7, as in IAM's unique ids."""
        digest = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()
        return "".join(_CAPITALS[byte % 32] for byte in digest)[:length]

    def uuid(self, purpose: str) -> str:
        """A UUID."""
        return str(uuid.UUID(hex=self.hex(purpose, 32), version=4))

    def shared(self, purpose: str) -> str:
        """40 hexadecimal digits that all resources of a region have in common."""
        return hashlib.sha256(f"{self.account}/{self.region}/{purpose}".encode()).hexdigest()[:40]

    def address(self, purpose: str, within: str) -> str:
        """An address of a range, past the four that AWS keeps at its start."""
        network = ipaddress.ip_network(within)
        usable = max(network.num_addresses - 5, 1)
        return str(network[4 + int(self.hex(purpose, 12), 16) % usable])

    def date(self) -> str:
        """When it was made: the beginning of 2026 plus a second for each resource of the inventory before it."""
        return (_EPOCH + timedelta(seconds=self.number)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def zone_id(self, zone: str) -> str:
        """The id of an availability zone; letters and numbers go together, which in AWS each account shuffles."""
        found = _SHORT_REGION.fullmatch(zone[:-1])
        short = f"{found[1]}{found[2][0]}{(found[3] or '')[:1]}{found[4]}" if found else zone[:-1]
        return f"{short}-az{ord(zone[-1]) - ord('a') + 1}"

    def find(self, value: Any, *kinds: str) -> Object:
        """The outputs of what a value refers to; empty if there is no such thing."""
        row = self.row(value, *kinds)
        return row.state if row else {}

    def row(self, value: Any, *kinds: str) -> Row | None:
        """What a value refers to."""
        return self.transaction.find(value, kinds) if isinstance(value, str) else None


class _Parts(dict[str, Any]):
    def __init__(self, making: Making, purpose: str, more: Object) -> None:
        service, resource = _service_and_resource(making.token)
        whole = {
            **making.values,
            "region": making.region,
            "account": making.account,
            "partition": making.partition,
            "service": service,
            "resource": resource,
            **more,
        }
        super().__init__(whole)
        self._making = making
        self._purpose = purpose

    def __missing__(self, key: str) -> str:
        if key == "uuid":
            return self._making.uuid(self._purpose)
        if key == "date":
            return self._making.date()
        found = _MADE_UP.fullmatch(key)
        if found is None:
            return ""
        make: Callable[[str, int], str] = getattr(self._making, found[1])
        return make(self._purpose, int(found[2]))


def _service_and_resource(token: str) -> tuple[str, str]:
    """`aws:ec2/vpcPeeringConnection:VpcPeeringConnection` is of `ec2` and a `vpc-peering-connection`."""
    module, _, name = token.removeprefix("aws:").partition("/")
    return module, re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name.split(":")[0]).lower()
