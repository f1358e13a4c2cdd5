"""What a fleet's machines may do in AWS, as plain policies.

People come by AWS's Session Manager, whose own policy also lets a machine read every parameter of the account; that is
taken back here. What else machines may do is a policy of ours, not one written into the role: so the pack's option
`policies` of `nodes-minimal-role` can name it, which takes every machine's role for that of a cluster's node.
https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html
"""

import re
from typing import Any

from components.config.vm_fleet import VmFleetSettings
from components.ground import Ground

_ECR = re.compile(
    r"(?P<host>(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com)/(?P<repository>[^:@]+)[:@].*"
)
_PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
SESSIONS = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
"""AWS's policy of machines that take part in sessions."""
_PARAMETERS = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]


def trust() -> dict[str, Any]:
    """Return the role's trust: machines."""
    return _document([{**_allow("sts:AssumeRole"), "Principal": {"Service": "ec2.amazonaws.com"}}])


def permissions(settings: VmFleetSettings, ground: Ground) -> dict[str, Any]:
    """Return what the role may do beside sessions: pull its images and read its secrets, but no parameters."""
    no_parameters = {"Effect": "Deny", "Action": _PARAMETERS, "Resource": "*"}
    return _document([*_pull(settings), *_read_secrets(settings, ground), no_parameters])


def registries(settings: VmFleetSettings) -> list[str]:
    """Return the registries of the images that are in ECR, which want a login."""
    return sorted({match["host"] for image in settings.images if (match := _ECR.fullmatch(image))})


def _pull(settings: VmFleetSettings) -> list[dict[str, Any]]:
    found = [match for image in settings.images if (match := _ECR.fullmatch(image))]
    repositories = sorted({f"arn:aws:ecr:{m['region']}:{m['account']}:repository/{m['repository']}" for m in found})
    if not repositories:
        return []
    return [{**_allow("ecr:GetAuthorizationToken"), "Resource": "*"}, {**_allow(_PULL), "Resource": repositories}]


def _read_secrets(settings: VmFleetSettings, ground: Ground) -> list[dict[str, Any]]:
    """By Secrets Manager only, and only what belongs to these entries, the key opens."""
    secrets = sorted(set(settings.secrets.values()))
    if not secrets:
        return []
    through = {
        "kms:ViaService": f"secretsmanager.{ground.region}.amazonaws.com",
        "kms:EncryptionContext:SecretARN": secrets,
    }
    return [
        {**_allow("secretsmanager:GetSecretValue"), "Resource": secrets},
        {**_allow("kms:Decrypt"), "Resource": ground.key_arn, "Condition": {"StringEquals": through}},
    ]


def _allow(action: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action}


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
