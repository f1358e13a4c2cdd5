"""stack-no-security-ignore: paths of ignoreChanges."""

import re

import pytest

from policies.rule import ResourceOptions
from tests.policies.manifests import refused, resource

RULE = "stack-no-security-ignore"
GUARDED = [
    "securityContext",
    "hostPID",
    "hostIPC",
    "hostNetwork",
    "hostUsers",
    "automountServiceAccountToken",
    "serviceAccountName",
    "runtimeClassName",
    "image",
    "volumes",
    "resources",
    "podSelector",
    "policyTypes",
    "ingress",
    "egress",
    "rules",
    "roleRef",
    "subjects",
    "tls",
    "labels",
    "webhooks",
    "policy",
    "assumeRolePolicy",
    "inlinePolicies",
    "managedPolicyArns",
    "permissionsBoundary",
    "accessPolicies",
    "securityGroupIds",
    "securityGroups",
    "vpcSecurityGroupIds",
    "vpcConfig",
    "accessConfig",
    "encryptionConfig",
    "enabledClusterLogTypes",
    "metadataOptions",
    "userData",
    "userDataBase64",
    "kmsKeyId",
    "kmsKeyArn",
    "kmsMasterKeyId",
    "encrypted",
    "storageEncrypted",
    "enableKeyRotation",
    "deletionProtection",
    "encryptAtRest",
    "nodeToNodeEncryption",
    "domainEndpointOptions",
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
    "imageTagMutability",
    "imageScanningConfiguration",
    "encryptionConfigurations",
    "publiclyAccessible",
    "mapPublicIpOnLaunch",
    "retentionInDays",
    "logging",
    "tags",
    "tagsAll",
]


def ignoring(*paths: str, kind: str = "kubernetes:apps/v1:Deployment", **options: object) -> list[str]:
    judged = resource({}, kind)._replace(options=ResourceOptions(ignore_changes=paths))
    return refused(RULE, judged, **options)


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("spec.template.spec.securityContext", "securityContext"),
        ("spec.template.spec.containers[0].securityContext.privileged", "securityContext"),
        ("spec.template.spec.containers[*].image", "image"),
        ('spec["template"]["spec"]["hostPID"]', "hostPID"),
        ("assumeRolePolicy", "assumeRolePolicy"),
        ("ingress", "ingress"),
        ("ingress[0].cidrBlocks", "ingress"),
        ("tags.owner", "tags"),
        ('tags["owner.team"]', "tags"),
        ("metadata.labels", "labels"),
    ],
)
def test_a_path_to_or_into_a_guarded_field_is_refused(path: str, hidden: str) -> None:
    (message,) = ignoring(path)
    assert "ignoreChanges has" in message
    assert f'hides "{hidden}"' in message


@pytest.mark.parametrize("name", GUARDED)
def test_every_guarded_field_is_guarded_wherever_it_is(name: str) -> None:
    assert len(ignoring(f"a.b[0].{name}.c")) == 1


@pytest.mark.parametrize(
    "path",
    [
        *("*", "", "spec", "metadata", "spec.template", "spec.template.spec", "spec.jobTemplate", "spec.podTemplate"),
        *("spec.jobTargetRef", "items", "spec.templates", "spec.template.spec.containers", "items[0]", "items[*]"),
        *("spec.template.spec.initContainers[0]", "spec.template.spec.ephemeralContainers[*]", "spec.*"),
    ],
)
def test_a_path_that_ends_above_guarded_fields_is_refused(path: str) -> None:
    (message,) = ignoring(path)
    assert f'hides "{re.findall("[a-zA-Z]+", path)[-1] if re.search("[a-z]", path) else "*"}"' in message


@pytest.mark.parametrize(
    "path",
    [
        "spec.replicas",
        "metadata.annotations",
        "metadata.annotations.*",
        "data[*].*",
        'metadata.annotations["example.com/image"]',
        "spec.template.metadata.annotations",
        "scalingConfig.desiredSize",
        "data",
    ],
)
def test_a_harmless_path_passes(path: str) -> None:
    assert ignoring(path) == []


def test_every_path_is_looked_at_in_any_type() -> None:
    assert len(ignoring("spec.replicas", "tags", "policy", kind="aws:s3/bucket:Bucket")) == 2
    assert ignoring(kind="aws:s3/bucket:Bucket") == []


def test_the_guarded_fields_are_an_option() -> None:
    assert ignoring("tags", fields=["policy"]) == []
    assert len(ignoring("a.policy", fields=["policy"])) == 1
