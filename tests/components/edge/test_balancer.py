"""The load balancer of an edge: who calls it, what it says to whom, and what is written down of it."""

import json
from typing import Any

import pytest

from components.edge.listening import load_balancer, target_group
from tests.components.aws_recording import Cloud
from tests.components.edge.making import (
    ACCOUNT,
    CDN,
    INTERNAL,
    LATENCY,
    NODES,
    PRIVATE,
    PUBLIC,
    REGION,
    WORLD,
    made_with,
    settings,
)


def rules(cloud: Cloud, way: str, group: str) -> list[tuple[int, int, Any]]:
    """Return the rules of a security group: ports, and who is on the other side."""
    return [
        (
            each.inputs["fromPort"],
            each.inputs["toPort"],
            each.inputs.get("cidrIpv4") or each.inputs.get("prefixListId") or each.inputs["referencedSecurityGroupId"],
        )
        for each in cloud.of_type(f"securityGroup{way}Rule:SecurityGroup{way}Rule")
        if each.inputs["securityGroupId"] == group
    ]


def group_of(cloud: Cloud) -> str:
    return str(cloud.one("securityGroup:SecurityGroup").outputs["id"])


@pytest.mark.parametrize("entry", [INTERNAL, WORLD, CDN], ids=["internal", "public", "cdn"])
def test_nodes_let_in_the_load_balancer_alone_and_on_the_gateways_two_ports_only(entry: dict[str, Any]) -> None:
    cloud = made_with(settings(entry=entry))
    own = group_of(cloud)
    assert rules(cloud, "Ingress", NODES) == [(10443, 10443, own), (19003, 19003, own)]
    assert rules(cloud, "Egress", own) == [(10443, 10443, NODES), (19003, 19003, NODES)]


def test_one_port_for_both_has_one_rule() -> None:
    cloud = made_with(settings(gateway={"port": 8443, "healthPort": 8443}))
    assert rules(cloud, "Ingress", NODES) == [(8443, 8443, group_of(cloud))]


@pytest.mark.parametrize(
    ("entry", "callers"),
    [
        (INTERNAL, ["10.40.0.0/16"]),
        ({**INTERNAL, "clients": ["172.16.0.0/12", "10.0.0.0/8"]}, ["10.0.0.0/8", "172.16.0.0/12"]),
        ({**WORLD, "clients": ["203.0.113.0/24"]}, ["203.0.113.0/24"]),
        (CDN, ["pl-0123abcd"]),
    ],
)
def test_only_those_call_whom_settings_name(entry: dict[str, Any], callers: list[str]) -> None:
    cloud = made_with(settings(entry=entry))
    assert sorted(rules(cloud, "Ingress", group_of(cloud))) == [(443, 443, caller) for caller in callers]


@pytest.mark.parametrize(
    ("entry", "kind", "internal", "subnets"),
    [
        (INTERNAL, "network", True, PRIVATE),
        (WORLD, "network", False, PUBLIC),
        (CDN, "application", True, PRIVATE),
    ],
    ids=["internal", "public", "cdn"],
)
def test_the_internet_finds_it_in_public_subnets_only_and_cloudfront_finds_it_in_private_ones(
    entry: dict[str, Any], kind: str, subnets: list[str], *, internal: bool
) -> None:
    inputs = made_with(settings(entry=entry)).one("loadBalancer:LoadBalancer").inputs
    assert (inputs["loadBalancerType"], inputs["internal"], inputs["subnets"]) == (kind, internal, subnets)
    assert inputs["enableCrossZoneLoadBalancing"] is True
    assert inputs.get("dropInvalidHeaderFields", False) is (kind == "application")


@pytest.mark.parametrize(
    ("entry", "listens", "calls"), [(WORLD, "TLS", "TLS"), (CDN, "HTTPS", "HTTPS")], ids=["public", "cdn"]
)
def test_requests_are_encrypted_on_both_sides(entry: dict[str, Any], listens: str, calls: str) -> None:
    cloud = made_with(settings(entry=entry))
    listener, targets = cloud.one("listener:Listener").inputs, cloud.one("targetGroup:TargetGroup").inputs
    assert (listener["port"], listener["protocol"]) == (443, listens)
    assert listener["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    assert listener["certificateArn"] == cloud.named("edge-tls-certificate").outputs["arn"]
    assert listener["defaultActions"] == [
        {"type": "forward", "targetGroupArn": cloud.one("targetGroup:TargetGroup").outputs["arn"]}
    ]
    assert (targets["protocol"], targets["port"], targets["targetType"]) == (calls, 10443, "ip")


def test_pods_are_members_by_what_they_say_of_their_health() -> None:
    cloud = made_with(settings(gateway={"healthPort": 19003, "healthPath": "/ready"}))
    check = cloud.one("targetGroup:TargetGroup").inputs["healthCheck"]
    assert (check["protocol"], check["port"], check["path"]) == ("HTTP", "19003", "/ready")


def test_a_network_load_balancer_hands_on_the_clients_address() -> None:
    assert made_with(settings()).one("targetGroup:TargetGroup").inputs["preserveClientIp"] == "true"


def test_it_is_protected_as_long_as_deletion_protection_is_on() -> None:
    for protect in (True, False):
        cloud = made_with(settings(), protect=protect)
        balancer = cloud.one("loadBalancer:LoadBalancer")
        assert (balancer.protect, balancer.inputs["enableDeletionProtection"]) == (protect, protect)
        assert cloud.one("bucket:Bucket").protect is protect


def test_who_called_is_kept_for_a_year_in_a_bucket_that_only_this_accounts_delivery_writes_to() -> None:
    cloud = made_with(settings())
    bucket = cloud.one("bucket:Bucket").inputs["bucket"]
    assert cloud.one("loadBalancer:LoadBalancer").inputs["accessLogs"] == {"bucket": bucket, "enabled": True}
    (rule,) = cloud.one("BucketLifecycleConfiguration").inputs["rules"]
    assert rule["expiration"] == {"days": 365}
    statements = json.loads(cloud.one("bucketPolicy:BucketPolicy").inputs["policy"])["Statement"]
    (writes,) = [each for each in statements if each["Sid"] == "LogDeliveryWrites"]
    assert writes["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert writes["Resource"] == f"arn:aws:s3:::{bucket}/AWSLogs/{ACCOUNT}/*"
    assert writes["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"}
    assert cloud.one("bucketPolicy:BucketPolicy").urn in cloud.one("loadBalancer:LoadBalancer").dependencies


def test_what_aws_can_not_change_gets_another_name() -> None:
    """A target group belongs to one load balancer: a new one can't take it while the old one still holds it."""

    def names(**changes: Any) -> tuple[str, str]:
        edge = settings(**changes)
        balancer = load_balancer("agents", edge, PRIVATE, "sg-1", "logs", protect=True)
        return str(balancer["name"]), str(target_group("agents", edge, "vpc-1")["name"])

    first, port, world, cdn = names(), names(gateway={"port": 8443}), names(entry=WORLD), names(entry=CDN)
    assert (first[0] == port[0], first[1] == port[1]) == (True, False)
    assert (first[0] == world[0], first[1] == world[1]) == (False, False)
    assert (first[0] == cdn[0], first[1] == cdn[1]) == (False, False)
    assert names(domain="other.example.com") == first


@pytest.mark.parametrize("role", ["apex", "wildcard"])
def test_all_names_lead_to_the_load_balancer_while_it_has_healthy_targets(role: str) -> None:
    cloud = made_with(settings())
    record = cloud.named(f"edge-{role}").inputs
    balancer = cloud.one("loadBalancer:LoadBalancer").outputs
    assert record["aliases"] == [
        {"name": balancer["dnsName"], "zoneId": balancer["zoneId"], "evaluateTargetHealth": True}
    ]
    assert record["name"] == {"apex": "agents.example.com", "wildcard": "*.agents.example.com"}[role]
    assert "setIdentifier" not in record


@pytest.mark.parametrize("role", ["apex", "wildcard"])
def test_with_other_regions_the_fastest_healthy_one_answers(role: str) -> None:
    cloud = made_with(settings(entry=LATENCY))
    record = cloud.named(f"edge-{role}").inputs
    assert (record["setIdentifier"], record["latencyRoutingPolicies"]) == (REGION, [{"region": REGION}])
    check = cloud.one("healthCheck:HealthCheck")
    assert record["healthCheckId"] == check.outputs["id"]
    assert (check.inputs["fqdn"], check.inputs["type"]) == ("eu-central-1.agents.example.com", "HTTPS")
    region = cloud.named("edge-region").inputs
    assert region["name"] == check.inputs["fqdn"]
    assert "setIdentifier" not in region


def test_a_standby_answers_when_the_primary_does_not() -> None:
    entry = {**WORLD, "failover": {"kind": "standby", "role": "secondary", "healthPath": "/api/health"}}
    cloud = made_with(settings(entry=entry))
    assert cloud.named("edge-apex").inputs["failoverRoutingPolicies"] == [{"type": "SECONDARY"}]
    assert cloud.one("healthCheck:HealthCheck").inputs["resourcePath"] == "/api/health"
