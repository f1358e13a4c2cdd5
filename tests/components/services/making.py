"""Services to test: made with a few words, in a cloud of their own."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pydantic import TypeAdapter

from components.bucket.component import LogTarget
from components.config.service_checks import owned
from components.config.services import AnyService, Service, TeamService
from components.ground import Ground
from components.services.component import TeamServices
from components.services.made import Made
from components.services.site import Site
from tests.components.aws_recording import ACCOUNT, REGION, Cloud, Registered, recording, run

CLUSTER = "agent-platform-prod"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"
NODES = "sg-0123456789abcdef0"
SUBNETS = ["subnet-1a", "subnet-1b", "subnet-1c"]
LOGS = "agent-platform-prod-logs"
KINDS: Mapping[str, dict[str, Any]] = {
    "cache": {},
    "queue": {},
    "stream": {},
    "table": {"hashKey": {"name": "sessionId"}},
    "database": {},
    "bucket": {},
}
"""What each kind can't do without."""


def service(kind: str, name: str = "own", **changes: Any) -> TeamService:
    """Return a service of team storefront; keywords are options as people write them."""
    parsed: Service = TypeAdapter(AnyService).validate_python({"kind": kind, "name": name, **KINDS[kind], **changes})
    (found,) = owned([parsed], "storefront")
    return found


def ground(**changes: Any) -> Ground:
    tags = {"owner": "platform", "environment": "prod", "team": "platform", "cost-center": "agents"}
    given: dict[str, Any] = {
        "cluster": CLUSTER,
        "account_id": ACCOUNT,
        "region": REGION,
        "zones": ("eu-central-1a", "eu-central-1b", "eu-central-1c"),
        "vpc_id": "vpc-0123456789abcdef0",
        "cidr": "10.40.0.0/16",
        "public_subnet_ids": [],
        "private_subnet_ids": SUBNETS,
        "node_security_group_id": NODES,
        "key_arn": KEY,
        "boundary_arn": None,
        "tags": tags,
        "protect": True,
        "opts": pulumi.ResourceOptions(),
    }
    return Ground(**{**given, **changes})


def site(name: str = "own", **changes: Any) -> Site:
    return Site(ground(**changes), "storefront", name)


def make(*services: TeamService, log_bucket: str | None = LOGS, **changes: Any) -> Mapping[str, Made]:
    """Make services of a team on ground with changes; return what agents are told of them."""
    log_to = LogTarget(log_bucket) if log_bucket else None
    made: Mapping[str, Made] = run(
        lambda opts: TeamServices("storefront", "storefront", services, ground(**changes), log_to, opts).made
    )
    return made


def made_with(*services: TeamService, preview: bool = False, **changes: Any) -> Cloud:
    """Make services in a cloud of their own, and return that."""
    with recording(preview=preview) as cloud:
        make(*services, **changes)
    return cloud


def in_aws(cloud: Cloud) -> list[Registered]:
    """Return what services are made of."""
    return [each for each in cloud.registered if each.custom and each.type.startswith("aws:")]
