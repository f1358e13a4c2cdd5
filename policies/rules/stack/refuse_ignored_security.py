"""stack-no-security-ignore: ignoreChanges hides no field that other rules guard.

An ignored property keeps what is in the state: a fix in the program never arrives, and a change by hand is never taken
back. A path that ends above such fields hides them with the rest.
"""

import re
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import shown

_SEGMENT: Final = re.compile(r"""\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.\[]+)""")
_KUBERNETES: Final = (
    *("securityContext", "hostPID", "hostIPC", "hostNetwork", "hostUsers", "automountServiceAccountToken"),
    *("serviceAccountName", "runtimeClassName", "image", "volumes", "resources", "podSelector", "policyTypes"),
    *("ingress", "egress", "rules", "roleRef", "subjects", "tls", "labels", "webhooks"),
)
_AWS: Final = (
    *("policy", "assumeRolePolicy", "inlinePolicies", "managedPolicyArns", "permissionsBoundary", "accessPolicies"),
    *("securityGroupIds", "securityGroups", "vpcSecurityGroupIds", "vpcConfig", "accessConfig", "encryptionConfig"),
    *("enabledClusterLogTypes", "metadataOptions", "userData", "userDataBase64", "kmsKeyId", "kmsKeyArn"),
    *("kmsMasterKeyId", "encrypted", "storageEncrypted", "enableKeyRotation", "deletionProtection", "encryptAtRest"),
    *("nodeToNodeEncryption", "domainEndpointOptions", "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls"),
    *("restrictPublicBuckets", "imageTagMutability", "imageScanningConfiguration", "encryptionConfigurations"),
    *("publiclyAccessible", "mapPublicIpOnLaunch", "retentionInDays", "logging", "tags", "tagsAll"),
)
_ABOVE: Final = frozenset(
    {
        *("*", "spec", "metadata", "template", "jobTemplate", "podTemplate", "jobTargetRef", "items", "templates"),
        *("containers", "initContainers", "ephemeralContainers"),
    }
)


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds paths that lead to, into or past a guarded field."""
    for path in subject.resource.options.ignore_changes:
        hidden = _hidden(_segments(path), options["fields"])
        if hidden:
            yield Violation(
                f"ignoreChanges has {shown(path)}, which hides {shown(hidden)}. "
                "Fix: remove it, or name the one harmless field below it that somebody else changes."
            )


def _segments(path: str) -> list[str]:
    return [quoted or index or plain for quoted, index, plain in _SEGMENT.findall(path)]


def _hidden(segments: list[str], fields: tuple[str, ...]) -> str:
    """The guarded field, or the last segment if guarded fields are below it; empty if the path is harmless."""
    guarded = next((segment for segment in segments if segment in fields), "")
    names = [segment for segment in segments if not segment.isdecimal()]
    while len(names) > 1 and names[-1] == "*":
        names.pop()
    last = names[-1] if names else "*"
    return guarded or (last if last in _ABOVE else "")


RULE = Rule(
    name="stack-no-security-ignore",
    description="ignoreChanges must not hide fields that decide about security.",
    why="An ignored field keeps its old value for ever: the program says one thing, and the cloud does another.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("ASI03",), others=("pulumi:ignore-changes",)),
    remediation="Remove the path from ignoreChanges, or narrow it to a field like spec.replicas.",
    area=of_type(),
    judge=judge,
    options={
        "fields": text_list(
            "The names of properties that may not be ignored, wherever they are.", (*_KUBERNETES, *_AWS)
        ),
    },
)
