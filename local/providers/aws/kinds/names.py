"""Route 53 and ACM: names, and the certificates for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind, Object
from local.providers.aws.making import Making

if TYPE_CHECKING:
    from local.providers.aws.inventory import Row

_ZONE = "aws:route53/zone:Zone"
_RECORD = "aws:route53/record:Record"
_POLICIES = {
    "weightedRoutingPolicies": "weighted",
    "latencyRoutingPolicies": "latency",
    "failoverRoutingPolicies": "failover",
    "geolocationRoutingPolicies": "geolocation",
    "geoproximityRoutingPolicy": "geoproximity",
    "cidrRoutingPolicy": "CIDR",
    "multivalueAnswerRoutingPolicy": "multivalue answer",
}


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


def _policy(values: Object) -> str:
    return next((word for key, word in _POLICIES.items() if values.get(key)), "simple")


def _shares_its_name(making: Making) -> None:
    """Records of one name and type have one kind of policy, and each but a simple one tells itself apart."""
    own = _policy(making.values)
    if (own == "simple") is bool(making.values.get("setIdentifier")):
        raise AwsError("InvalidInput", f"a record of policy {own} has a SetIdentifier exactly when it is not simple")
    keys = ("zoneId", "type")
    for row in making.transaction.live(_RECORD):
        same = all(row.state.get(key) == making.values.get(key) for key in keys)
        if same and row.state.get("fqdn") == _record_name(making) and _policy(row.state) != own:
            raise AwsError(
                "InvalidChangeBatch",
                f"RRSet with DNS name {_record_name(making)}., type {making.values['type']} cannot be created as a "
                f"{own} record because a {_policy(row.state)} one of the same name and type exists",
            )


def proof(account: str, domain: str) -> tuple[str, str]:
    """The record by which DNS proves a domain to ACM, name and value; the same for all certificates of an account."""
    name, value = (hashlib.sha256(f"{account}/{domain}/{part}".encode()).hexdigest() for part in ("name", "value"))
    return f"_{name[:32]}.{domain}", f"_{value[:32]}.{value[32:42]}.acm-validations.aws."


def _validation_options(making: Making) -> list[Any]:
    if making.values.get("validationMethod") != "DNS":
        return []
    names = dict.fromkeys([making.values["domainName"], *(making.values.get("subjectAlternativeNames") or [])])
    found = []
    for name in names:
        record, value = proof(making.account, name.removeprefix("*."))
        found.append(
            {
                "domainName": name,
                "resourceRecordName": f"{record}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": value,
            }
        )
    return found


def unproved(making: Making, certificate: Object) -> str:
    """Why ACM can't sign a certificate yet; empty if it can."""
    options = certificate.get("domainValidationOptions") or []
    records = making.transaction.live(_RECORD)
    for name in sorted({option["resourceRecordName"].removesuffix(".") for option in options}):
        there = [row for row in records if row.state.get("fqdn") == name]
        if not there:
            return f"no Route 53 record {name}. Make a route53.Record of each of `domainValidationOptions` first"
        zones = [making.row(row.state.get("zoneId"), _ZONE) for row in there]
        if all(zone and not _is_seen(making, zone) for zone in zones):
            return (
                f"{name} is in a hosted zone of {certificate['domainName']} that the world does not see, since no zone "
                "above delegates to it. Have its name servers written there first"
            )
    return ""


def _is_seen(making: Making, zone: Row) -> bool:
    """Whether a zone was there before any stack, or another zone delegates to it."""
    return zone.is_outside or any(
        row.state.get("type") == "NS"
        and row.state.get("fqdn") == zone.state.get("name")
        and row.state.get("zoneId") != zone.id
        for row in making.transaction.live(_RECORD)
    )


def _is_validated(making: Making) -> None:
    """Validation by DNS waits until the world sees each name's record; what can't come true is refused."""
    why = unproved(making, making.find(making.values["certificateArn"], "aws:acm/certificate:Certificate"))
    if why:
        raise AwsError(
            "RequestTimeout",
            f"the certificate would stay PENDING_VALIDATION until the provider gives up after 75 minutes: {why}",
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
        on_create=(_is_under_delegated, _shares_its_name),
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
}
