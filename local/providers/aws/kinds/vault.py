"""Secrets Manager and SSM's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.providers.aws.kind import Kind
from local.providers.aws.kinds.access import policy_document
from local.providers.aws.making import Making


def _parameter_name(making: Making) -> str:
    return making.text("{name}" if str(making.values["name"]).startswith("/") else "/{name}")


def _secret_arn(making: Making) -> Any:
    return making.find(making.values["secretId"], "aws:secretsmanager/secret:Secret").get("arn")


KINDS: Mapping[str, Kind] = {
    "secretsmanager/secret:Secret": Kind(
        id=lambda m: m.text("arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-") + m.upper("suffix", 6),
        replaces="name namePrefix",
        outputs={"arn": "{id}"},
        empty="namePrefix policy",
        unique=("name",),
        exists="ResourceExistsException: The operation failed because the secret {name} already exists.",
        handles=("{name}",),
        missing="ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        arn="secretsmanager:{region}:{account}:secret:{name}",
    ),
    "secretsmanager/secretVersion:SecretVersion": Kind(
        id=lambda m: f"{m.values['secretId']}|{m.values.setdefault('versionId', m.uuid('versionId'))}",
        replaces="secretId secretString secretBinary",
        outputs={
            "versionId": "{uuid}",
            "arn": _secret_arn,
            "secretArn": _secret_arn,
            "versionStages": ["AWSCURRENT"],
            "hasSecretStringWo": False,
        },
    ),
    "secretsmanager/secretPolicy:SecretPolicy": Kind(
        id="{secretArn}", replaces="secretArn", on_create=(policy_document("policy"),)
    ),
    "secretsmanager/secretRotation:SecretRotation": Kind(
        id="{secretId}", replaces="secretId", outputs={"rotationEnabled": True}
    ),
    "ssm/parameter:Parameter": Kind(
        id="{name}",
        replaces="name",
        outputs={
            "arn": lambda m: m.text("arn:{partition}:ssm:{region}:{account}:parameter") + _parameter_name(m),
            "version": 1,
            "dataType": "text",
            "tier": "Standard",
            "keyId": lambda m: "alias/aws/ssm" if m.values["type"] == "SecureString" else "",
            "hasValueWo": lambda m: "valueWo" in m.values,
        },
        empty="insecureValue value",
        unique=("name",),
        exists=(
            "ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option."
        ),
        on_update=lambda _, olds: {"version": int(olds["version"]) + 1},
        changed_by_update=("version",),
        plain_secrets=lambda inputs: inputs.get("type") in ("String", "StringList"),
    ),
}
