"""Fleets to test: made with a few words, in a cloud of their own."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi

from components.config.vm_fleet import VmFleetSettings
from components.ground import Ground
from components.vm_fleet.component import VmFleet
from components.vm_fleet.names import role_name
from policies.dispatcher import Diagnostic
from tests.components import aws_recording
from tests.components.aws_recording import ACCOUNT, REGION, ROOT, Cloud, Registered, recording, run

REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
AGENT = f"{REGISTRY}/agents/recommender@sha256:{'a' * 64}"
NODE_EXPORTER = f"quay.io/prometheus/node-exporter@sha256:{'b' * 64}"
FILEBEAT = f"docker.elastic.co/beats/filebeat@sha256:{'c' * 64}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/agents-boundary"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:shop/model-api-AbC123"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/01234567-89ab-cdef-0123-456789abcdef"
CLUSTER = "agent-platform-prod"
NETWORK = "10.40.0.0/16"
AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
PUBLIC, PRIVATE = ["subnet-0a", "subnet-0b"], ["subnet-1a", "subnet-1b", "subnet-1c"]


def written(**changes: Any) -> dict[str, Any]:
    """Return the example as people write it: two to ten t3.medium, asked at /health, five minutes to start."""
    example = {
        "name": "recommender",
        "team": "storefront",
        "instanceType": "t3.medium",
        "machines": {"least": 2, "most": 10},
        "ami": "ami-0123456789abcdef0",
        "image": AGENT,
        "health": {"path": "/health", "graceSeconds": 300},
        "load": {"kind": "cpu", "percent": 60},
        "domain": "recommender.example.com",
        "certificateArn": CERTIFICATE,
        "clients": ["10.0.0.0/8"],
        "prometheus": {"nodeExporterImage": NODE_EXPORTER},
        "logstash": logstash(),
    }
    return {key: value for key, value in {**example, **changes}.items() if value is not None}


def settings(**changes: Any) -> VmFleetSettings:
    return VmFleetSettings.model_validate(written(**changes))


def everything(**changes: Any) -> VmFleetSettings:
    """Return a fleet that uses all there is."""
    return settings(
        **{
            "secrets": {"model-api": SECRET},
            "config": {"LOG_LEVEL": "info"},
            "hostedZone": "Z0123456789ABCDEFGHIJ",
            **changes,
        }
    )


def logstash(**changes: Any) -> dict[str, Any]:
    """Return who takes the logs, as people write it; None removes an option."""
    given = {"host": "logstash.example.com", "authority": AUTHORITY, "filebeatImage": FILEBEAT, **changes}
    return {key: value for key, value in given.items() if value is not None}


def ground(opts: pulumi.ResourceOptions | None = None, **changes: Any) -> Ground:
    tags = {"owner": "platform", "environment": "prod", "team": "platform", "cost-center": "agents"}
    given: dict[str, Any] = {
        "cluster": CLUSTER,
        "account_id": ACCOUNT,
        "region": REGION,
        "zones": ("eu-central-1a", "eu-central-1b", "eu-central-1c"),
        "vpc_id": "vpc-0123456789abcdef0",
        "cidr": NETWORK,
        "public_subnet_ids": PUBLIC,
        "private_subnet_ids": PRIVATE,
        "node_security_group_id": "sg-0123456789abcdef0",
        "key_arn": KEY,
        "boundary_arn": BOUNDARY,
        "tags": tags,
        "protect": True,
        "opts": opts or pulumi.ResourceOptions(),
    }
    return Ground(**{**given, **changes})


def make(fleet: VmFleetSettings, where: Ground | None = None, name: str = "recommender") -> VmFleet:
    def program(opts: pulumi.ResourceOptions) -> VmFleet:
        return VmFleet(name, fleet, where or ground(), opts)

    made: VmFleet = run(program)
    return made


def made_with(fleet: VmFleetSettings, where: Ground | None = None, *, preview: bool = False) -> Cloud:
    """Make a fleet in a cloud of its own, and return that."""
    with recording(preview=preview) as cloud:
        make(fleet, where)
    return cloud


def of_fleet(cloud: Cloud) -> list[Registered]:
    """Return what a fleet is made of."""
    return [each for each in cloud.registered if each.custom and each.name != "aws"]


def judged(cloud: Cloud, root: Path, *fleets: VmFleetSettings) -> list[Diagnostic]:
    """Return what the pack says where it is told of the fleets' buckets and machines.

    Args:
        cloud: what was made.
        root: an empty folder.
        fleets: those that it is told of.
    """
    config = json.loads((ROOT / "policies/config.prod.json").read_text())
    buckets = config.setdefault("s3-private-encrypted", {}).setdefault("logBuckets", [])
    buckets.extend(f"{fleet.name}-access-logs-bucket" for fleet in fleets)
    roles = [f"arn:aws:iam::{ACCOUNT}:policy/{role_name(fleet, ground())}" for fleet in fleets]
    config["nodes-minimal-role"] = {"policies": ["AmazonSSMManagedInstanceCore", *roles]}
    (root / "policies").mkdir()
    (root / "policies/config.prod.json").write_text(json.dumps(config))
    with patch.object(aws_recording, "ROOT", root):
        return aws_recording.judged(cloud)
