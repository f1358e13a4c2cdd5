"""An edge as a whole: what waits for a zone, what the pack says, what it tells."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.config.reached import ReachedEdge
from components.edge.component import Edge
from tests.components.aws_recording import Cloud, recording, run, unjudged, violations
from tests.components.edge.making import (
    CDN,
    DELEGATED,
    EXISTING,
    INTERNAL,
    LATENCY,
    PARENT,
    WORLD,
    ZONE,
    ground,
    judged,
    made_with,
    make,
    of_edge,
    settings,
)

ENTRIES = {"internal": INTERNAL, "public": WORLD, "failover": LATENCY, "cdn": CDN}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_the_pack_accepts_everything_and_leaves_nothing_unjudged(
    tmp_path: Path, entry: dict[str, Any], *, preview: bool
) -> None:
    said = judged(made_with(settings(entry=entry), preview=preview), tmp_path)
    assert violations(said) == []
    assert unjudged(said) == []


@pytest.mark.parametrize("zone", [{"kind": "made", "delegated": True}, DELEGATED])
def test_the_pack_accepts_a_zone_that_is_made(tmp_path: Path, zone: dict[str, Any]) -> None:
    assert violations(judged(made_with(settings(zone=zone)), tmp_path)) == []


def test_as_long_as_nobody_delegates_to_it_the_zone_is_made_alone() -> None:
    cloud = made_with(settings(zone={"kind": "made"}, entry=WORLD))
    assert sorted(each.name for each in of_edge(cloud)) == ["edge-authorities", "edge-zone"]


def test_what_it_tells_then_is_whom_to_delegate_to_and_what_comes_next() -> None:
    with recording(preview=False):
        told = ReachedEdge.model_validate(make(settings(zone={"kind": "made"}, entry=WORLD)))
    assert told.name_servers == ("ns-1.awsdns-1.com", "ns-2.awsdns-2.net")
    assert told.next
    assert "agents.example.com" in told.next
    assert "delegated: true" in told.next
    assert told.url is told.target_group_arn is None


def test_a_zone_of_an_account_that_has_the_one_above_is_delegated_before_anything_waits_for_it() -> None:
    cloud = made_with(settings(zone=DELEGATED))
    delegation = cloud.named("edge-delegation")
    assert (delegation.inputs["zoneId"], delegation.inputs["type"]) == (PARENT, "NS")
    assert delegation.inputs["records"] == cloud.named("edge-zone").outputs["nameServers"]
    assert delegation.urn in cloud.named("edge-tls-signed").dependencies


def test_a_zone_that_is_made_is_protected_since_another_one_has_other_name_servers() -> None:
    made = {"kind": "made", "delegated": True}
    assert made_with(settings(zone=made)).named("edge-zone").protect
    assert not made_with(settings(zone=made), protect=False).named("edge-zone").protect


def test_what_it_tells_leads_the_gateway_to_its_target_group() -> None:
    with recording(preview=False) as cloud:
        told = ReachedEdge.model_validate(make(settings(entry=WORLD)))
    assert told.url == "https://agents.example.com"
    assert told.target_group_arn == cloud.one("targetGroup:TargetGroup").outputs["arn"]
    assert told.balancer_security_group_id == cloud.one("securityGroup:SecurityGroup").outputs["id"]
    assert (told.gateway_port, told.gateway_health_port) == (10443, 19003)
    assert told.zone_id == ZONE
    assert told.next is None


def test_the_certificate_is_for_the_domain_and_all_names_right_below_it() -> None:
    inputs = made_with(settings()).one("certificate:Certificate").inputs
    assert (inputs["domainName"], inputs["subjectAlternativeNames"]) == ("agents.example.com", ["*.agents.example.com"])


def test_the_listener_waits_until_the_certificate_is_signed() -> None:
    cloud = made_with(settings())
    signed = cloud.one("CertificateValidation")
    assert cloud.named("edge-tls-proof").urn in signed.dependencies
    assert signed.urn in cloud.one("listener:Listener").dependencies


def test_what_a_domain_has_only_once_is_written_by_one_region() -> None:
    other = made_with(settings(zone={**EXISTING, "ownsRecords": False}, entry=LATENCY))
    assert sorted(each.name for each in other.of_type("record:Record")) == ["edge-apex", "edge-region", "edge-wildcard"]
    assert other.of_type("CertificateValidation")


def test_no_authority_but_amazons_may_sign_unless_settings_let_it() -> None:
    record = made_with(settings()).named("edge-authorities").inputs
    assert record["type"] == "CAA"
    assert '0 issue "amazon.com"' in record["records"]
    assert made_with(settings(onlyAmazonSigns=False)).of_type("record:Record") != []
    assert [r for r in made_with(settings(onlyAmazonSigns=False)).registered if r.name == "edge-authorities"] == []


def test_everything_is_called_by_its_own_name_when_there_are_two_clusters() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        for name in ("one", "two"):
            where = ground(opts, cluster=f"{'a' * 37}{name}")
            Edge(name, settings(entry=CDN, domain=f"{name}.example.com"), where, opts, opts=opts)

    with recording(preview=False) as cloud:
        run(program)
    assert len({each.urn for each in cloud.registered}) == len(cloud.registered)
    assert clashes(cloud) == []


def clashes(cloud: Cloud) -> list[tuple[str, str]]:
    """Return names that AWS would find taken, of the types where a name is taken once."""
    named = [
        (each.type, str(each.inputs[key]), str(each.inputs.get("securityGroupId", "")))
        for each in cloud.registered
        for key in ("name", "bucket")
        if key in each.inputs and each.type.startswith("aws:")
        if not each.type.endswith(("record:Record", "Configuration", "Versioning", "Controls", "Block", "Policy"))
    ]
    return sorted({(kind, name) for kind, name, group in named if named.count((kind, name, group)) > 1})


def test_names_keep_to_what_aws_allows_however_long_the_clusters_is() -> None:
    cloud = made_with(settings(entry=CDN), cluster="a" * 40, region="ap-southeast-1")
    for token in ("loadBalancer:LoadBalancer", "targetGroup:TargetGroup"):
        assert len(cloud.one(token).inputs["name"]) <= 32
    bucket = cloud.one("bucket:Bucket").inputs["bucket"]
    assert len(bucket) <= 63
    assert bucket.startswith("a" * 40)
    for token in ("LogDeliverySource", "LogDeliveryDestination"):
        assert len(cloud.one(token).inputs["name"]) <= 60
