"""The rules of AWS around names, certificates, load balancers and distributions."""

from typing import Any

import pytest

from local.outside import existing
from local.providers.aws.kinds.names import proof
from tests.components.edge.making import CDN, EXISTING, WORLD
from tests.components.eks.making import cluster
from tests.local.aws.plugin import ACCOUNT, Made, Plugin, refused
from tests.local.aws.world import World
from tests.local.providers.plugin import CallFailedError

DOMAIN = "agents.example.org"
CERTIFICATE = {"domainName": DOMAIN, "subjectAlternativeNames": [f"*.{DOMAIN}"], "validationMethod": "DNS"}


def zone(plugin: Plugin, name: str = DOMAIN) -> Made:
    return plugin.make("route53/zone:Zone", {"name": name}, name)


def record(plugin: Plugin, where: Made, name: str, kind: str, label: str, **more: Any) -> Made:
    news = {"zoneId": where.id, "name": name, "type": kind, "records": ["x"], "ttl": 60, **more}
    return plugin.make("route53/record:Record", news, label)


def prove(plugin: Plugin, where: Made, certificate: Made) -> None:
    option, *_ = certificate["domainValidationOptions"]
    record(plugin, where, option["resourceRecordName"], "CNAME", "proof", records=[option["resourceRecordValue"]])


def failure(plugin: Plugin, token: str, news: dict[str, Any]) -> CallFailedError:
    with pytest.raises(CallFailedError) as caught:
        plugin.make(token, news)
    return caught.value


def test_a_certificate_waits_for_ever_in_a_zone_that_nobody_delegates_to(plugin: Plugin) -> None:
    made, certificate = zone(plugin), plugin.make("acm/certificate:Certificate", CERTIFICATE)
    prove(plugin, made, certificate)
    wait = {"certificateArn": certificate.id}
    error = failure(plugin, "acm/certificateValidation:CertificateValidation", wait)
    assert refused(error) == "RequestTimeout"
    assert "the world does not see" in str(error)
    record(plugin, zone(plugin, "example.org"), DOMAIN, "NS", "delegation", records=made["nameServers"])
    assert plugin.make("acm/certificateValidation:CertificateValidation", wait).id


def test_the_name_servers_of_the_zone_itself_are_no_delegation(plugin: Plugin) -> None:
    made, certificate = zone(plugin), plugin.make("acm/certificate:Certificate", CERTIFICATE)
    prove(plugin, made, certificate)
    record(plugin, made, DOMAIN, "NS", "own", records=made["nameServers"])
    error = failure(plugin, "acm/certificateValidation:CertificateValidation", {"certificateArn": certificate.id})
    assert "the world does not see" in str(error)


def test_one_record_proves_all_certificates_of_an_account_for_a_domain(plugin: Plugin) -> None:
    one = plugin.make("acm/certificate:Certificate", CERTIFICATE, "one")
    other = plugin.make("acm/certificate:Certificate", {**CERTIFICATE, "region": "us-east-1"}, "other")
    named = [option["resourceRecordName"] for made in (one, other) for option in made["domainValidationOptions"]]
    assert set(named) == {f"{proof(ACCOUNT, DOMAIN)[0]}."}


def test_no_listener_takes_a_certificate_that_is_not_signed(plugin: Plugin, world: World) -> None:
    certificate = plugin.make("acm/certificate:Certificate", CERTIFICATE)
    news = {
        "loadBalancerArn": world["lb/loadBalancer:LoadBalancer"].id,
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": certificate.id,
        "defaultActions": [{"type": "forward", "targetGroupArn": world["lb/targetGroup:TargetGroup"].id}],
    }
    error = failure(plugin, "lb/listener:Listener", news)
    assert refused(error) == "UnsupportedCertificate"
    assert "not signed yet: no Route 53 record" in str(error)
    made = zone(plugin)
    prove(plugin, made, certificate)
    record(plugin, zone(plugin, "example.org"), DOMAIN, "NS", "delegation")
    assert plugin.make("lb/listener:Listener", news).id


@pytest.mark.parametrize("routing", ["latencyRoutingPolicies", "failoverRoutingPolicies"])
def test_records_of_one_name_have_one_kind_of_policy(plugin: Plugin, routing: str) -> None:
    made = zone(plugin)
    policy = {"latencyRoutingPolicies": [{"region": "eu-central-1"}], "failoverRoutingPolicies": [{"type": "PRIMARY"}]}
    record(plugin, made, DOMAIN, "A", "one", setIdentifier="one", **{routing: policy[routing]})
    record(plugin, made, DOMAIN, "A", "two", setIdentifier="two", **{routing: policy[routing]})
    weighted = {"setIdentifier": "three", "weightedRoutingPolicies": [{"weight": 1}]}
    for others in (weighted, {}):
        with pytest.raises(CallFailedError, match="of the same name and type exists"):
            record(plugin, made, DOMAIN, "A", "three", **others)
    assert record(plugin, made, f"www.{DOMAIN}", "A", "other name").id


def test_a_policy_needs_a_name_for_each_of_its_records_and_a_simple_record_has_none(plugin: Plugin) -> None:
    made = zone(plugin)
    for more in ({"setIdentifier": "one"}, {"latencyRoutingPolicies": [{"region": "eu-central-1"}]}):
        with pytest.raises(CallFailedError, match="SetIdentifier"):
            record(plugin, made, DOMAIN, "A", "one", **more)


def endpoint(arn: str) -> dict[str, Any]:
    return {
        "vpcOriginEndpointConfig": {
            "name": "gateway",
            "arn": arn,
            "httpPort": 80,
            "httpsPort": 443,
            "originProtocolPolicy": "https-only",
            "originSslProtocols": {"items": ["TLSv1.2"], "quantity": 1},
        }
    }


def test_cloudfront_reaches_no_network_load_balancer_that_ends_tls(plugin: Plugin, world: World) -> None:
    group = world["ec2/securityGroup:SecurityGroup"].id
    news = {"loadBalancerType": "network", "subnets": world.subnets(), "securityGroups": [group]}
    balancer = plugin.make("lb/loadBalancer:LoadBalancer", news)
    assert plugin.make("cloudfront/vpcOrigin:VpcOrigin", endpoint(balancer.id), "before").id
    target = world["lb/targetGroup:TargetGroup"].id
    listener = {"loadBalancerArn": balancer.id, "port": 443, "protocol": "TLS"}
    plugin.make("lb/listener:Listener", {**listener, "defaultActions": [{"type": "forward", "targetGroupArn": target}]})
    error = failure(plugin, "cloudfront/vpcOrigin:VpcOrigin", endpoint(balancer.id))
    assert "TLS listeners" in str(error)


def test_cloudfront_reaches_no_network_load_balancer_without_a_security_group(plugin: Plugin, world: World) -> None:
    news = {"loadBalancerType": "network", "subnets": world.subnets()}
    balancer = plugin.make("lb/loadBalancer:LoadBalancer", news)
    assert "security group" in str(failure(plugin, "cloudfront/vpcOrigin:VpcOrigin", endpoint(balancer.id)))


def test_a_distribution_takes_certificates_and_logs_and_web_acls_from_us_east_1(plugin: Plugin, world: World) -> None:
    certificate = plugin.make("acm/certificate:Certificate", CERTIFICATE)
    news = world.inputs("cloudfront/distribution:Distribution")
    here = {**news, "viewerCertificate": {"acmCertificateArn": certificate.id, "sslSupportMethod": "sni-only"}}
    assert refused(failure(plugin, "cloudfront/distribution:Distribution", here)) == "InvalidViewerCertificate"
    made = plugin.make("cloudfront/distribution:Distribution", news)
    source = {"logType": "ACCESS_LOGS", "resourceArn": made["arn"]}
    assert "us-east-1" in str(failure(plugin, "cloudwatch/logDeliverySource:LogDeliverySource", source))
    acl = {**world.inputs("wafv2/webAcl:WebAcl"), "scope": "CLOUDFRONT"}
    assert refused(failure(plugin, "wafv2/webAcl:WebAcl", acl)) == "WAFInvalidParameterException"
    there = plugin.make("wafv2/webAcl:WebAcl", {**acl, "region": "us-east-1"})
    assert there["arn"].startswith(f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/")


def test_a_name_leads_to_one_distribution_only(plugin: Plugin, world: World) -> None:
    news = {**world.inputs("cloudfront/distribution:Distribution"), "aliases": [DOMAIN, f"*.{DOMAIN}"]}
    plugin.make("cloudfront/distribution:Distribution", news, "one")
    error = failure(plugin, "cloudfront/distribution:Distribution", {**news, "aliases": [f"*.{DOMAIN}"]})
    assert refused(error) == "CNAMEAlreadyExists"


def edge(**changes: Any) -> dict[str, Any]:
    return {"domain": DOMAIN, "zone": EXISTING, "entry": WORLD, **changes}


def test_what_an_edge_finds_in_the_account_is_taken_for_granted() -> None:
    acl = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/agents/01234567-89ab-cdef-0123-456789abcdef"
    account = cluster().account_id
    found = {
        "an existing zone": edge(),
        "one that others write to": edge(zone={**EXISTING, "ownsRecords": False}),
        "a delegated zone": edge(zone={"kind": "made", "delegated": True}),
        "a zone below one that exists": edge(zone={"kind": "made", "parent": "Z9876543210ABCDEFGHIJ"}),
        "a web ACL": edge(entry={**CDN, "webAcl": {"kind": "existing", "arn": acl.replace(ACCOUNT, account)}}),
    }
    ids = {
        what: [each["id"] for each in existing(cluster(edge=settings)) if "iam" not in each["type"]]
        for what, settings in found.items()
    }
    reservation, own = "cr-0123456789abcdef0", "Z0123456789ABCDEFGHIJ"
    assert ids == {
        "an existing zone": [reservation, own],
        "one that others write to": [reservation, own, f"{own}_{proof(account, DOMAIN)[0]}_CNAME"],
        "a delegated zone": [reservation, f"example.org_{DOMAIN}_NS"],
        "a zone below one that exists": [reservation, "Z9876543210ABCDEFGHIJ"],
        "a web ACL": [reservation, acl.replace(ACCOUNT, account), own],
    }
