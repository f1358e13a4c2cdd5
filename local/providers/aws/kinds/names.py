"""Route 53, ACM and CloudFront: names, the certificates for them, and the edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.making import Making

_ZONE = "aws:route53/zone:Zone"
_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""


def _record_name(making: Making) -> str:
    zone = making.find(making.values["zoneId"], _ZONE).get("name", "")
    name = str(making.values["name"]).removesuffix(".")
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}" if name else zone


def _record_id(making: Making) -> str:
    return making.text("{zoneId}_") + "_".join(
        filter(None, [_record_name(making), making.values["type"], making.values.get("setIdentifier")])
    )


def _is_under_delegated(making: Making) -> None:
    """A CNAME may not stand at a zone's apex."""
    zone = making.find(making.values["zoneId"], _ZONE).get("name", "")
    if making.values["type"] == "CNAME" and _record_name(making) == zone:
        raise AwsError(
            "InvalidChangeBatch", f"RRSet of type CNAME with DNS name {zone}. is not permitted at apex in zone {zone}."
        )


def _name_servers(making: Making) -> list[str]:
    tops = ("com", "net", "org", "co.uk")
    return [f"ns-{making.digits(top, 3)}.awsdns-{making.digits(top, 2)}.{top}" for top in tops]


def _validation_options(making: Making) -> list[Any]:
    if making.values.get("validationMethod") != "DNS":
        return []
    names = dict.fromkeys([making.values["domainName"], *(making.values.get("subjectAlternativeNames") or [])])
    found = []
    for name in names:
        bare = name.removeprefix("*.")
        found.append(
            {
                "domainName": name,
                "resourceRecordName": f"_{making.hex(f'name {bare}', 32)}.{bare}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": (
                    f"_{making.hex(f'value {bare}', 32)}.{making.hex('acm', 10)}.acm-validations.aws."
                ),
            }
        )
    return found


def _is_validated(making: Making) -> None:
    """Validation by DNS waits until each name's record is in a zone of the account; what can't come true is refused."""
    certificate = making.find(making.values["certificateArn"], "aws:acm/certificate:Certificate")
    wanted = {
        option["resourceRecordName"].removesuffix(".") for option in certificate.get("domainValidationOptions") or []
    }
    there = {row.state.get("fqdn") for row in making.transaction.live("aws:route53/record:Record")}
    lacking = sorted(wanted - there)
    if lacking:
        raise AwsError(
            "RequestTimeout",
            "the certificate would stay PENDING_VALIDATION until the provider gives up after 75 minutes: no Route 53 "
            f"record {', '.join(lacking)}. Make a route53.Record of each of `domainValidationOptions` first",
        )


def _names_listed(making: Making) -> list[str]:
    return [making.values["domainName"]]


KINDS: Mapping[str, Kind] = {
    "acm/certificate:Certificate": Kind(
        id="arn:{partition}:acm:{region}:{account}:certificate/{uuid}",
        name="",
        replaces=(
            "domainName subjectAlternativeNames validationMethod certificateAuthorityArn keyAlgorithm validationOptions"
        ),
        outputs={
            "arn": "{id}",
            "domainValidationOptions": _validation_options,
            "keyAlgorithm": "RSA_2048",
            "subjectAlternativeNames": _names_listed,
            "renewalEligibility": "INELIGIBLE",
            "status": lambda m: "ISSUED" if m.values.get("certificateBody") else "PENDING_VALIDATION",
            "type": lambda m: "IMPORTED" if m.values.get("certificateBody") else "AMAZON_ISSUED",
            "options": {"certificateTransparencyLoggingPreference": "ENABLED", "export": "DISABLED"},
            "validationMethod": "NONE",
        },
        empty="domainName notAfter notBefore pendingRenewal renewalSummaries validationEmails",
        missing="CertificateNotFound: Certificate '{value}' not found",
        in_use="ResourceInUseException: Certificate {arn} in use.",
        lets=("acm/certificateValidation:CertificateValidation",),
        arn="acm:{region}:{account}:certificate/{id}",
    ),
    "acm/certificateValidation:CertificateValidation": Kind(
        id="{date}", replaces="certificateArn validationRecordFqdns", on_create=(_is_validated,)
    ),
    "route53/zone:Zone": Kind(
        id="Z{upper20}",
        arn="route53:::hostedzone/{id}",
        replaces="name delegationSetId",
        is_global=True,
        outputs={
            "zoneId": "{id}",
            "comment": "Managed by Pulumi",
            "nameServers": _name_servers,
            "primaryNameServer": lambda m: m.values["nameServers"][0],
        },
        empty="enableAcceleratedRecovery",
        missing="NoSuchHostedZone: No hosted zone found with ID: {value}",
        in_use=(
            "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets and so "
            "cannot be deleted."
        ),
        held_by=("route53/record:Record",),
        released="forceDestroy",
    ),
    "route53/record:Record": Kind(
        id=_record_id,
        name="",
        replaces="name zoneId type setIdentifier",
        is_global=True,
        outputs={"fqdn": _record_name, "allowOverwrite": False},
        unique=("zoneId", "name", "type", "setIdentifier"),
        exists=(
            "InvalidChangeBatch: Tried to create resource record set [name='{name}', type='{type}'] but it "
            "already exists"
        ),
        refers={"aliases.zoneId": (), "records": ()},
        on_create=(_is_under_delegated,),
    ),
    "route53/healthCheck:HealthCheck": Kind(
        id="{uuid}",
        arn="route53:::healthcheck/{id}",
        replaces="type ipAddress measureLatency referenceName requestInterval routingControlArn",
        is_global=True,
        outputs={"enableSni": lambda m: m.values["type"].startswith("HTTPS"), "failureThreshold": 3},
        empty="regions triggers",
        missing="NoSuchHealthCheck: No health check exists with the ID {value}",
        in_use="HealthCheckInUse: The health check is in use by a resource record set",
        held_by=("route53/record:Record",),
    ),
    "cloudfront/distribution:Distribution": Kind(
        id="E{upper13}",
        arn="cloudfront::{account}:distribution/{id}",
        replaces="staging",
        is_global=True,
        outputs={
            "domainName": lambda m: f"d{m.hex('domain', 13)}.cloudfront.net",
            "hostedZoneId": _CLOUDFRONT_ZONE,
            "callerReference": "pulumi-{digits20}",
            "etag": "E{upper13}",
            "status": "Deployed",
            "inProgressValidationBatches": 0,
            "trustedKeyGroups": [{"enabled": False}],
            "trustedSigners": [{"enabled": False}],
            "loggingV1Enabled": lambda m: bool(m.values.get("loggingConfig")),
        },
        empty="continuousDeploymentPolicyId",
        refers={
            "defaultCacheBehavior.targetOriginId": (),
            "orderedCacheBehaviors.targetOriginId": (),
            "origins.originId": (),
        },
        on_update=lambda m, olds: {"etag": "E" + m.upper(f"etag after {olds['etag']}", 13)},
        changed_by_update=("etag",),
    ),
    "cloudfront/originAccessControl:OriginAccessControl": Kind(
        id="E{upper13}",
        arn="cloudfront::{account}:origin-access-control/{id}",
        name_limit=64,
        is_global=True,
        outputs={"etag": "E{upper13}"},
        unique=("name",),
        exists="OriginAccessControlAlreadyExists: An origin access control named {name} already exists.",
        missing="NoSuchOriginAccessControl: The specified origin access control does not exist: {value}",
        in_use="OriginAccessControlInUse: The origin access control is in use by a distribution.",
    ),
    "cloudfront/cachePolicy:CachePolicy": Kind(
        id="{uuid}",
        arn="cloudfront::{account}:cache-policy/{id}",
        is_global=True,
        outputs={"etag": "E{upper13}"},
        unique=("name",),
        exists="CachePolicyAlreadyExists: A cache policy named {name} already exists.",
    ),
}
