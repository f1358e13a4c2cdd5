"""What a rehearsal takes for granted in the account, and what it calls an orphan."""

from typing import Any

from local.outside import existing
from local.rehearsal import orphans
from tests.components.eks.making import cluster, written

URN = "urn:pulumi:prod::agent-platform::"


def test_the_roles_and_reservations_that_settings_name_are_taken_for_granted() -> None:
    listed = existing(cluster())
    assert {each["id"] for each in listed if each["type"] == "aws:iam/role:Role"} >= {
        "agent-platform-pipeline",
        "break-glass",
        "AWSReservedSSO_media_0123456789abcdef",
    }
    assert [each["id"] for each in listed if each["type"].endswith(":CapacityReservation")] == ["cr-0123456789abcdef0"]
    assert not [each for each in listed if each["type"] == "aws:ec2/vpc:Vpc"]


def test_a_network_and_hosted_zones_of_others_are_taken_for_granted() -> None:
    zones = written()["zones"]
    subnets = [{"id": f"subnet-{digit * 8}", "zone": zone} for digit, zone in zip("abc", zones, strict=True)]
    network = {"kind": "existing", "vpcId": "vpc-0123456789abcdef0", "cidr": "10.0.0.0/16", "privateSubnets": subnets}
    listed = existing(cluster(network=network, dnsZones=["Z0123456789ABCDEFGHIJ"]))

    def of_type(kind: str) -> list[Any]:
        return [each for each in listed if each["type"] == kind]

    assert [each["id"] for each in of_type("aws:ec2/vpc:Vpc")] == ["vpc-0123456789abcdef0"]
    assert [each["state"]["availabilityZone"] for each in of_type("aws:ec2/subnet:Subnet")] == zones
    assert [each["id"] for each in of_type("aws:route53/zone:Zone")] == ["Z0123456789ABCDEFGHIJ"]


def made(name: str, **fields: Any) -> dict[str, Any]:
    return {"urn": URN + name, "custom": True, **fields}


def test_what_protected_resources_stand_on_is_no_orphan() -> None:
    left = [
        made("key", protect=True, provider=f"{URN}provider::id", parent=f"{URN}component"),
        {"urn": f"{URN}component", "custom": False},
        made("provider"),
        made("cluster", protect=True, dependencies=[f"{URN}role"], propertyDependencies={"vpc": [f"{URN}subnet"]}),
        made("role"),
        made("subnet", dependencies=[f"{URN}vpc"]),
        made("vpc"),
    ]
    assert orphans(left) == []
    assert orphans([*left, made("address")]) == [f"{URN}address"]
