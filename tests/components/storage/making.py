"""Environments to test that keep data: made with a few words, in a cloud of their own."""

import functools
import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from components.config.load import ROOT
from components.eks.tags import owner_tags
from components.ground import Ground
from components.layers.storage import keep_data, watch_costs
from tests.components import aws_recording
from tests.components.aws_recording import ACCOUNT, REGION, Cloud, Registered, recording, run, value
from tests.components.eks.making import cluster, written

ELSEWHERE = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/data"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
LOG_BUCKETS = ["storage-logs-bucket", "storage-copies-logs-bucket"]
KEEPING: dict[str, Any] = {
    "storage": {"replicaRegion": ELSEWHERE, "files": {}},
    "backup": {"copyRegion": ELSEWHERE, "coldAfterDays": 30, "lock": {}},
    "budget": {"monthlyUsd": 5000, "alertEmails": ["platform@example.com"]},
}


def made_with(*, preview: bool = False, **changes: Any) -> tuple[Cloud, dict[str, Any]]:
    """Return what a production cluster with changed settings keeps, and what it tells of that."""
    settings, told = cluster(**{**KEEPING, **changes}), {}

    def program(opts: pulumi.ResourceOptions) -> None:
        ground = Ground(
            cluster=settings.name,
            account_id=ACCOUNT,
            region=settings.region,
            zones=tuple(sorted(settings.zones)),
            vpc_id="vpc-0123456789abcdef0",
            cidr="10.40.0.0/16",
            private_subnet_ids=[f"subnet-0123456789abcdef{n}" for n in range(len(settings.zones))],
            public_subnet_ids=[],
            node_security_group_id="sg-0123456789abcdef0",
            key_arn=KEY,
            boundary_arn=BOUNDARY,
            tags=owner_tags(settings.owner, settings.cost_center, "prod"),
            protect=settings.deletion_protection,
            opts=opts,
        )
        driver = aws.eks.Addon("driver", addon_name="aws-ebs-csi-driver", cluster_name=settings.name, opts=opts)
        told.update(keep_data(settings, ground, kubernetes.Provider("cluster", kubeconfig="{}"), [driver]))
        watch_costs(settings, "prod", ground)

    with recording(preview=preview) as cloud:
        run(program)
        return cloud, {key: value(each) for key, each in told.items()}


def settled(region: str, **changes: Any) -> dict[str, Any]:
    """Return a cluster's settings in another region, with changes, as `made_with` takes them."""
    moved: dict[str, Any] = json.loads(json.dumps(written()).replace(REGION, region))
    return {**moved, **changes}


@functools.cache
def recorded(*, preview: bool) -> Cloud:
    """Return what a cluster that keeps everything registers; for tests that only look."""
    return made_with(preview=preview)[0]


def document(registered: Registered, key: str = "policy") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(registered.inputs[key])
    return found


def list_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pack know what an environment lists by name: the buckets that keep logs."""
    config = json.loads((ROOT / "policies/config.prod.json").read_text())
    config.setdefault("s3-private-encrypted", {})["logBuckets"] = LOG_BUCKETS
    (folder / "policies").mkdir()
    (folder / "policies/config.prod.json").write_text(json.dumps(config))
    monkeypatch.setattr(aws_recording, "ROOT", folder)
