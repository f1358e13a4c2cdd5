"""IAM and KMS: who may do what, with which keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind, Object
from local.providers.aws.making import Making

_ROLE, _KEY = "aws:iam/role:Role", "aws:kms/key:Key"
_KEY_REPLACES = "keyUsage customerMasterKeySpec multiRegion customKeyStoreId xksKeyId"


def policy_document(path: str) -> Any:
    """A rule: a policy must be a JSON object with statements."""

    def judge(making: Making) -> None:
        value = making.values.get(path)
        try:
            document = json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise AwsError("MalformedPolicyDocument", f"`{path}` is no JSON: {error}") from None
        if not isinstance(document, dict) or not document.get("Statement"):
            raise AwsError("MalformedPolicyDocument", f"`{path}` needs a Version and at least one Statement")

    return judge


def _principals(path: str) -> Any:
    """A rule: the roles of this account that a policy trusts must be there, or AWS refuses the policy."""

    def judge(making: Making) -> None:
        value = making.values.get(path)
        if not isinstance(value, str) or not value:
            return
        for arn in _trusted(json.loads(value)):
            is_ours = arn.startswith(f"arn:{making.partition}:iam::{making.account}:role/")
            if is_ours and "/aws-reserved/" not in arn and not making.transaction.is_known(arn):
                raise AwsError(
                    "MalformedPolicyDocumentException"
                    if making.token.startswith("aws:kms/")
                    else "MalformedPolicyDocument",
                    f'Invalid principal in policy: "AWS":"{arn}"\nNothing of this inventory made that role: make it '
                    "first, and let this resource depend on it",
                )

    return judge


def _trusted(document: Object) -> list[str]:
    statements = document.get("Statement") or []
    found: list[str] = []
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        found += [named] if isinstance(named, str) else named
    return found


def _role_arn(making: Making) -> str:
    return making.text(f"arn:{{partition}}:iam::{{account}}:role{making.values.get('path') or '/'}{{name}}")


def _service_role_name(making: Making) -> str:
    """`autoscaling.amazonaws.com` is served by `AWSServiceRoleForAutoScaling`."""
    service = str(making.values["awsServiceName"]).split(".")[0]
    known = {
        "autoscaling": "AutoScaling", "eks": "AmazonEKS", "eks-nodegroup": "AmazonEKSNodegroup", "spot": "EC2Spot",
        "elasticloadbalancing": "ElasticLoadBalancing", "elasticache": "ElastiCache", "rds": "RDS", "backup": "Backup",
        "kafka": "Kafka", "replication": "CloudFrontReplicator",
    }  # fmt: skip
    suffix = making.values.get("customSuffix")
    name = f"AWSServiceRoleFor{known.get(service, service.title().replace('-', ''))}"
    return f"{name}_{suffix}" if suffix else name


def _service_role_path(making: Making) -> str:
    return f"/aws-service-role/{making.values['awsServiceName']}/"


def _key_arn(making: Making) -> Any:
    return making.find(making.values["targetKeyId"], _KEY, "aws:kms/replicaKey:ReplicaKey").get("arn")


def _is_alias(making: Making) -> None:
    name = making.values["name"]
    if not name.startswith("alias/") or name.startswith("alias/aws/"):
        raise AwsError(
            "ValidationException", f'Alias must start with the prefix "alias/" and not be AWS\'s own; got {name}'
        )


def _replica_key(making: Making) -> str:
    return str(making.values["primaryKeyArn"]).rpartition("/")[2]


def _key_id(making: Making) -> str:
    """A multi-Region key's id begins with `mrk-`."""
    return f"mrk-{making.hex('id', 32)}" if making.values.get("multiRegion") else making.uuid("id")


def _own_policy(making: Making) -> str:
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": making.text("arn:{partition}:iam::{account}:root")},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


KINDS: Mapping[str, Kind] = {
    "iam/role:Role": Kind(
        id="{name}",
        replaces="name namePrefix path",
        name_limit=64,
        is_global=True,
        outputs={"arn": _role_arn, "uniqueId": "AROA{upper17}"},
        empty="inlinePolicies managedPolicyArns namePrefix",
        unique=("name",),
        exists="EntityAlreadyExists: Role with name {name} already exists.",
        handles=("{name}",),
        missing="NoSuchEntity: The role with name {value} cannot be found.",
        in_use="DeleteConflict: Cannot delete entity, must detach all policies first.",
        held_by=("iam/rolePolicyAttachment:RolePolicyAttachment", "iam/rolePolicy:RolePolicy"),
        released="forceDetachPolicies",
        refers={"managedPolicyArns": ("iam/policy:Policy",)},
        on_create=(policy_document("assumeRolePolicy"), _principals("assumeRolePolicy")),
        arn="iam::{account}:role{path}{name}",
    ),
    "iam/serviceLinkedRole:ServiceLinkedRole": Kind(
        id=lambda m: m.text(f"arn:{{partition}}:iam::{{account}}:role{_service_role_path(m)}{_service_role_name(m)}"),
        replaces="awsServiceName customSuffix",
        is_global=True,
        outputs={
            "arn": "{id}",
            "name": _service_role_name,
            "path": _service_role_path,
            "uniqueId": "AROA{upper17}",
        },
        unique=("awsServiceName", "customSuffix"),
        exists="InvalidInput: Service role name has been taken in this account, please try a different suffix.",
        handles=("{name}",),
    ),
    "iam/policy:Policy": Kind(
        id=lambda m: m.text(f"arn:{{partition}}:iam::{{account}}:policy{m.values.get('path') or '/'}{{name}}"),
        replaces="name namePrefix path description",
        name_limit=128,
        is_global=True,
        outputs={"arn": "{id}", "policyId": "ANPA{upper17}", "attachmentCount": 0},
        empty="namePrefix",
        unique=("name",),
        exists="EntityAlreadyExists: A policy called {name} already exists. Duplicate names are not allowed.",
        missing="NoSuchEntity: Policy {value} does not exist or is not attachable.",
        in_use="DeleteConflict: Cannot delete a policy attached to entities.",
        held_by=("iam/rolePolicyAttachment:RolePolicyAttachment", "iam/role:Role"),
        on_create=(policy_document("policy"),),
        arn="iam::{account}:policy{path}{name}",
    ),
    "iam/rolePolicy:RolePolicy": Kind(
        id="{role}:{name}",
        replaces="name namePrefix role",
        is_global=True,
        empty="namePrefix",
        unique=("role", "name"),
        on_create=(policy_document("policy"),),
    ),
    "iam/rolePolicyAttachment:RolePolicyAttachment": Kind(
        id="{role}/{policyArn}", replaces="role policyArn", is_global=True, unique=("role", "policyArn")
    ),
    "iam/instanceProfile:InstanceProfile": Kind(
        id="{name}",
        arn="iam::{account}:instance-profile/{name}",
        replaces="name namePrefix path",
        name_limit=128,
        is_global=True,
        outputs={"uniqueId": "AIPA{upper17}"},
        empty="namePrefix",
        unique=("name",),
        exists="EntityAlreadyExists: Instance Profile {name} already exists.",
    ),
    "iam/openIdConnectProvider:OpenIdConnectProvider": Kind(
        id=lambda m: m.text(
            f"arn:{{partition}}:iam::{{account}}:oidc-provider/{str(m.values['url']).removeprefix('https://')}"
        ),
        replaces="url",
        is_global=True,
        outputs={"arn": "{id}", "thumbprintLists": lambda m: [m.hex("thumbprint", 40)]},
        unique=("url",),
        exists="EntityAlreadyExists: Provider with url {url} already exists.",
        arn="iam::{account}:oidc-provider/{url}",
    ),
    "kms/key:Key": Kind(
        id=_key_id,
        arn="kms:{region}:{account}:key/{id}",
        replaces=_KEY_REPLACES,
        outputs={
            "keyId": "{id}",
            "multiRegion": False,
            "policy": _own_policy,
            "rotationPeriodInDays": lambda m: 365 if m.values.get("enableKeyRotation") else 0,
        },
        empty="description",
        missing="NotFoundException: Key '{value}' does not exist",
        on_create=(policy_document("policy"), _principals("policy")),
    ),
    "kms/replicaKey:ReplicaKey": Kind(
        id=_replica_key,
        arn="kms:{region}:{account}:key/{id}",
        replaces="primaryKeyArn",
        outputs={"keyId": "{id}", "keySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "policy": _own_policy},
        empty="keyRotationEnabled",
        refers={"primaryKeyArn": ("kms/key:Key",)},
    ),
    "kms/alias:Alias": Kind(
        id="{name}",
        arn="kms:{region}:{account}:{name}",
        name_start="alias/",
        replaces="name namePrefix",
        outputs={"targetKeyArn": _key_arn},
        empty="namePrefix",
        unique=("name",),
        exists="AlreadyExistsException: An alias with the name {name} already exists",
        handles=("{name}",),
        on_create=(_is_alias,),
    ),
    "kms/keyPolicy:KeyPolicy": Kind(
        id="{keyId}", replaces="keyId", on_create=(policy_document("policy"), _principals("policy"))
    ),
    "kms/grant:Grant": Kind(
        id="{keyId}:{hex64}",
        replaces=(
            "keyId name granteePrincipal operations constraints grantCreationTokens retireOnDelete retiringPrincipal"
        ),
        outputs={"grantId": "{hex64}", "grantToken": "{hex64}"},
        empty="name",
        refers={"granteePrincipal": ("iam/role:Role", "iam/serviceLinkedRole:ServiceLinkedRole")},
    ),
}
