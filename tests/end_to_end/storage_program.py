"""What an environment keeps, without a cluster: a program for the engine and a rehearsed account."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pulumi
import pulumi_aws as aws

from components.backup.component import Backups
from components.budget.component import CostAlerts
from components.config.backup import BackupSettings
from components.config.budget import BudgetSettings
from components.config.storage import StorageSettings
from components.ground import Ground
from components.kms import Key
from components.layers.cloud import aws_provider
from components.storage.buckets.component import Buckets
from components.storage.files.component import SharedFiles

ACCOUNT, REGION, ELSEWHERE = "123456789012", "eu-central-1", "eu-west-1"
TAGS = {"owner": "platform", "environment": "prod", "team": "platform", "cost-center": "4711"}


def network(opts: pulumi.ResourceOptions) -> tuple[aws.ec2.Vpc, list[aws.ec2.Subnet], aws.ec2.SecurityGroup]:
    """Make as much of a network as files need."""
    vpc = aws.ec2.Vpc("network", cidr_block="10.40.0.0/16", opts=opts)
    subnets = [
        aws.ec2.Subnet(
            f"private-{letter}",
            vpc_id=vpc.id,
            cidr_block=f"10.40.{number}.0/24",
            availability_zone=REGION + letter,
            opts=opts,
        )
        for number, letter in enumerate("abc")
    ]
    nodes = aws.ec2.SecurityGroup("nodes", name="nodes", description="Nodes", vpc_id=vpc.id, opts=opts)
    return vpc, subnets, nodes


def ground(opts: pulumi.ResourceOptions) -> Ground:
    """Return where things are made: unprotected, so that all of it can go again."""
    vpc, subnets, nodes = network(opts)
    key = Key("data", description="Data", alias="prod/data", account_id=ACCOUNT, protect=False, opts=opts)
    return Ground(
        cluster="agent-platform-prod",
        account_id=ACCOUNT,
        region=REGION,
        zones=tuple(REGION + letter for letter in "abc"),
        vpc_id=vpc.id,
        cidr="10.40.0.0/16",
        private_subnet_ids=[subnet.id for subnet in subnets],
        public_subnet_ids=[],
        node_security_group_id=nodes.id,
        key_arn=key.arn,
        boundary_arn=None,
        tags=TAGS,
        protect=False,
        opts=opts,
    )


def keep(site: Ground, there: pulumi.ResourceOptions) -> None:
    """Make everything that keeps data or watches costs."""
    storage = StorageSettings.model_validate({"replicaRegion": ELSEWHERE, "files": {}})
    backup = BackupSettings.model_validate({"copyRegion": ELSEWHERE, "coldAfterDays": 30, "lock": {}})
    budget = BudgetSettings.model_validate({"monthlyUsd": 100, "scope": "tags", "alertEmails": ["a@example.com"]})
    Buckets("storage", storage, site, there, site.opts)
    if storage.files:
        SharedFiles("files", storage.files, site, is_planned=True, opts=site.opts)
    Backups("backup", backup, site, f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/agent-platform-prod", there, site.opts)
    CostAlerts("budget", budget, site.cluster, "prod", "4711", site.opts)


keep(
    ground(pulumi.ResourceOptions(provider=aws_provider("aws", REGION, ACCOUNT, TAGS))),
    pulumi.ResourceOptions(provider=aws_provider("aws-there", ELSEWHERE, ACCOUNT, TAGS)),
)
