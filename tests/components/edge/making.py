"""Edges to test: made with a few words, in a cloud of their own."""

import functools
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import pulumi_aws as aws

from components.config.edge import CDN_REGION, EdgeSettings
from components.edge.component import Edge
from components.ground import Ground
from policies.dispatcher import Diagnostic
from tests.components import aws_recording
from tests.components.aws_recording import ROOT, Cloud, Registered, recording, run

ACCOUNT, REGION = "123456789012", "eu-central-1"
DOMAIN, ZONE, PARENT = "agents.example.com", "Z0123456789ABCDEFGHIJ", "Z9876543210ABCDEFGHIJ"
PUBLIC, PRIVATE = ["subnet-0a", "subnet-0b", "subnet-0c"], ["subnet-1a", "subnet-1b", "subnet-1c"]
NODES = "sg-0123456789abcdef0"
EXISTING: dict[str, Any] = {"kind": "existing", "id": ZONE}
DELEGATED: dict[str, Any] = {"kind": "made", "parent": PARENT}
INTERNAL: dict[str, Any] = {"kind": "internal"}
WORLD: dict[str, Any] = {"kind": "public", "clients": ["0.0.0.0/0"]}
CDN: dict[str, Any] = {"kind": "cdn", "prefixListId": "pl-0123abcd"}
LATENCY: dict[str, Any] = {**WORLD, "failover": {"kind": "latency"}}


def settings(**changes: Any) -> EdgeSettings:
    return EdgeSettings.model_validate({"domain": DOMAIN, "zone": EXISTING, "entry": INTERNAL, **changes})


def ground(opts: pulumi.ResourceOptions, **changes: Any) -> Ground:
    given: dict[str, Any] = {
        "cluster": "agent-platform-prod",
        "account_id": ACCOUNT,
        "region": REGION,
        "zones": ("eu-central-1a", "eu-central-1b", "eu-central-1c"),
        "vpc_id": "vpc-0123456789abcdef0",
        "cidr": "10.40.0.0/16",
        "private_subnet_ids": PRIVATE,
        "public_subnet_ids": PUBLIC,
        "node_security_group_id": NODES,
        "key_arn": "arn:aws:kms:eu-central-1:123456789012:key/data",
        "boundary_arn": None,
        "tags": {"owner": "platform", "environment": "prod", "team": "platform", "cost-center": "agents"},
        "protect": True,
        "opts": opts,
    }
    return Ground(**{**given, **changes})


def make(edge: EdgeSettings, name: str = "edge", **where: Any) -> dict[str, Any]:
    """Make an edge and return what it tells, as far as that is known."""
    told: dict[str, Any] = {}

    def program(opts: pulumi.ResourceOptions) -> None:
        place = ground(opts, **where)
        there = opts
        if place.region != CDN_REGION:
            provider = aws.Provider(
                f"{name}-us-east-1",
                region=CDN_REGION,
                allowed_account_ids=[ACCOUNT],
                default_tags={"tags": place.tags},
            )
            there = pulumi.ResourceOptions(provider=provider)
        pulumi.Output.from_input(Edge(name, edge, place, there, opts=opts).told).apply(told.update)

    run(program)
    return told


@functools.cache
def made_with(edge: EdgeSettings, *, preview: bool = False, **where: Any) -> Cloud:
    """Make an edge in a cloud of its own, and return that; for tests that only look."""
    with recording(preview=preview) as cloud:
        make(edge, **where)
    return cloud


def of_edge(cloud: Cloud) -> list[Registered]:
    """Return what an edge is made of."""
    return [each for each in cloud.registered if each.custom and not each.type.startswith("pulumi:providers")]


def judged(cloud: Cloud, root: Path, environment: str = "prod") -> list[Diagnostic]:
    """Return what the pack says where it is told of the bucket of logs.

    Args:
        cloud: what was made.
        root: an empty folder.
        environment: whose configuration of the pack.
    """
    config = json.loads((ROOT / f"policies/config.{environment}.json").read_text())
    buckets = config.setdefault("s3-private-encrypted", {}).setdefault("logBuckets", [])
    buckets.append("edge-entry-logs-bucket")
    (root / "policies").mkdir()
    (root / f"policies/config.{environment}.json").write_text(json.dumps(config))
    with patch.object(aws_recording, "ROOT", root):
        return aws_recording.judged(cloud, environment)
