"""What an edge may be configured with, and what is refused before anything is made."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.config.edge import EdgeSettings
from components.config.eks import Eks
from tests.components.config.production import only, read, refused, setting
from tests.components.edge.making import CDN, EXISTING, INTERNAL, LATENCY, WORLD, settings
from tests.components.eks.making import cluster

MADE = {"kind": "made"}
ACL = "arn:aws:wafv2:us-east-1:{account}:global/webacl/agents/01234567-89ab-cdef-0123-456789abcdef"
PRIVATE_ONLY = {
    "kind": "existing",
    "vpcId": "vpc-01234567",
    "cidr": "10.40.0.0/16",
    "privateSubnets": [{"id": f"subnet-0123456{n}", "zone": f"eu-central-1{z}"} for n, z in enumerate("abc", 1)],
}


def edge(**changes: Any) -> dict[str, Any]:
    return {"domain": "agents.example.com", "zone": EXISTING, "entry": INTERNAL, **changes}


def wrong(folder: Path, **changes: Any) -> str:
    """Return why an edge is refused, and the fix."""
    problem = only(folder, setting(edge=edge(**changes)))
    return f"{problem.path}: {problem.reason}. {problem.fix}"


def test_an_edge_is_a_part_of_the_cluster_s_settings_and_there_is_none_by_default(tmp_path: Path) -> None:
    with_one = read(tmp_path, setting(edge=edge())).cluster
    assert isinstance(with_one, Eks)
    assert isinstance(with_one.edge, EdgeSettings)
    without = read(tmp_path).cluster
    assert isinstance(without, Eks)
    assert without.edge is None


def test_all_that_is_wrong_comes_in_one_report(tmp_path: Path) -> None:
    bad = edge(domain="-agents", zone={"kind": "existing", "id": "example.com"}, entry={**WORLD, "clients": []})
    found = {problem.path for problem in refused(tmp_path, setting(edge=bad))}
    assert found == {"cluster.edge.domain", "cluster.edge.zone.id", "cluster.edge.entry"}


@pytest.mark.parametrize(
    "domain", ["agents", "Agents.example.com", "https://agents.example.com", "agents_.example.com"]
)
def test_a_domain_that_is_none_is_refused(tmp_path: Path, domain: str) -> None:
    assert "is not a domain name" in wrong(tmp_path, domain=domain)


def test_a_domain_that_no_certificate_could_name_is_refused(tmp_path: Path) -> None:
    assert "has 68 characters" in wrong(tmp_path, domain=f"{'a' * 56}.example.com")


def test_the_world_does_not_get_in_where_the_network_has_no_public_subnets() -> None:
    with pytest.raises(ValidationError, match="no publicSubnets"):
        cluster(edge=edge(entry=WORLD), network=PRIVATE_ONLY)
    for entry in (INTERNAL, CDN):
        assert cluster(edge=edge(entry=entry), network=PRIVATE_ONLY).edge


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({**WORLD, "clients": ["10.0.0.0/8"]}, "private addresses, which the internet never shows"),
        ({**INTERNAL, "clients": ["203.0.113.0/24"]}, "which never reach an internal entry"),
        ({**WORLD, "clients": []}, "nobody could call"),
        ({**LATENCY, "clients": ["203.0.113.0/24"]}, "would never be healthy"),
        ({**CDN, "prefixListId": "com.amazonaws.global.cloudfront.origin-facing"}, "describe-managed-prefix-lists"),
        ({**CDN, "countries": {"kind": "only", "codes": ["Germany"]}}, "ISO 3166-1"),
        ({**CDN, "countries": {"kind": "only", "codes": []}}, "nobody could call"),
        ({**CDN, "webAcl": {"kind": "existing", "arn": ACL.format(account="210987654321")}}, "in account 210987654321"),
        ({**CDN, "webAcl": {"kind": "existing", "arn": "arn:aws:wafv2:eu-west-1:1:regional/webacl/a/b"}}, "CLOUDFRONT"),
        ({**WORLD, "failover": {"kind": "standby"}}, "role"),
        ({**WORLD, "failover": {"kind": "standby", "role": "third"}}, "role"),
    ],
)
def test_an_entry_that_could_not_work_is_refused(tmp_path: Path, entry: dict[str, Any], reason: str) -> None:
    assert reason in wrong(tmp_path, entry=entry)


def test_several_regions_share_a_zone_that_no_one_of_them_makes(tmp_path: Path) -> None:
    assert "write zone: {kind: existing" in wrong(tmp_path, entry=LATENCY, zone={**MADE, "delegated": True})
    read(tmp_path, setting(edge=edge(entry=LATENCY)))


def test_a_delegation_is_written_by_one_only(tmp_path: Path) -> None:
    assert "remove one" in wrong(tmp_path, zone={**MADE, "delegated": True, "parent": "Z0123456789ABCDEFGHIJ"})


def test_a_distribution_has_no_failover_of_its_own(tmp_path: Path) -> None:
    assert "failover" in wrong(tmp_path, entry={**CDN, "failover": {"kind": "latency"}})


@pytest.mark.parametrize(
    ("zone", "is_open"),
    [
        (MADE, False),
        ({**MADE, "delegated": True}, True),
        ({**MADE, "parent": "Z0123456789ABCDEFGHIJ"}, True),
        (EXISTING, True),
    ],
)
def test_a_made_zone_is_seen_once_it_is_delegated(zone: dict[str, Any], *, is_open: bool) -> None:
    assert settings(zone=zone).is_open is is_open


def test_another_order_of_ranges_and_countries_is_no_change() -> None:
    entry = {**WORLD, "clients": ["203.0.113.0/24", "198.51.100.0/24"]}
    assert settings(entry=entry) == settings(entry={**entry, "clients": entry["clients"][::-1]})
    codes = {**CDN, "countries": {"kind": "only", "codes": ["FR", "DE"]}}
    assert settings(entry=codes) == settings(entry={**CDN, "countries": {"kind": "only", "codes": ["DE", "FR", "DE"]}})
