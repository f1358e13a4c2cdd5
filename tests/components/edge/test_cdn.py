"""CloudFront before a private load balancer."""

import json
from typing import Any

import pytest

from tests.components.aws_recording import Cloud
from tests.components.edge.making import CDN, made_with, settings

ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/agents/01234567-89ab-cdef-0123-456789abcdef"


def with_cdn(**changes: Any) -> Cloud:
    return made_with(settings(entry={**CDN, **changes}))


def distribution(**changes: Any) -> dict[str, Any]:
    return with_cdn(**changes).one("distribution:Distribution").inputs


def test_its_only_way_in_is_private_and_by_tls() -> None:
    cloud = with_cdn()
    endpoint = cloud.one("vpcOrigin:VpcOrigin").inputs["vpcOriginEndpointConfig"]
    balancer = cloud.one("loadBalancer:LoadBalancer")
    assert balancer.inputs["internal"] is True
    assert (endpoint["arn"], endpoint["originProtocolPolicy"]) == (balancer.outputs["arn"], "https-only")
    (origin,) = cloud.one("distribution:Distribution").inputs["origins"]
    assert origin["vpcOriginConfig"]["vpcOriginId"] == cloud.one("vpcOrigin:VpcOrigin").outputs["id"]
    assert cloud.one("listener:Listener").urn in cloud.one("vpcOrigin:VpcOrigin").dependencies


def test_clients_speak_tls_of_today_to_it_under_the_domains_names() -> None:
    inputs = distribution()
    assert inputs["aliases"] == ["agents.example.com", "*.agents.example.com"]
    assert inputs["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert inputs["defaultCacheBehavior"]["viewerProtocolPolicy"] == "https-only"


def test_answers_are_never_cached_and_tell_browsers_to_be_careful() -> None:
    cloud = with_cdn()
    behavior = cloud.one("distribution:Distribution").inputs["defaultCacheBehavior"]
    assert behavior["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    policy = cloud.one("responseHeadersPolicy:ResponseHeadersPolicy")
    assert behavior["responseHeadersPolicyId"] == policy.outputs["id"]
    headers = policy.inputs["securityHeadersConfig"]
    assert headers["strictTransportSecurity"]["accessControlMaxAgeSec"] == 31_536_000
    assert headers["frameOptions"]["frameOption"] == "DENY"


def test_what_cloudfront_takes_from_us_east_1_is_made_there_by_a_provider_of_the_same_account() -> None:
    cloud = with_cdn()
    there = cloud.named("edge-us-east-1")
    assert there.inputs["region"] == "us-east-1"
    assert json.loads(there.inputs["allowedAccountIds"]) == ["123456789012"]
    assert sorted(each.name for each in cloud.registered if each.provider == there.urn and each.custom) == [
        "edge-cdn-firewall",
        "edge-cdn-log",
        "edge-cdn-log-destination",
        "edge-cdn-log-source",
        "edge-cdn-tls-certificate",
        "edge-cdn-tls-signed",
    ]
    used = cloud.one("distribution:Distribution").inputs["viewerCertificate"]["acmCertificateArn"]
    assert used == cloud.named("edge-cdn-tls-certificate").outputs["arn"]


def test_both_certificates_are_proved_by_the_one_record_that_an_account_has_for_a_domain() -> None:
    cloud = with_cdn()
    (proof,) = [each for each in cloud.of_type("record:Record") if each.inputs["type"] == "CNAME"]
    assert {each.name for each in cloud.registered if proof.urn in each.dependencies} >= {
        "edge-tls-signed",
        "edge-cdn-tls-signed",
    }


def test_a_cluster_in_us_east_1_needs_one_certificate_only() -> None:
    cloud = made_with(settings(entry=CDN), region="us-east-1")
    assert cloud.one("certificate:Certificate").name == "edge-tls-certificate"


def test_an_address_that_asks_too_much_is_blocked_and_long_prompts_are_not() -> None:
    rules = with_cdn(webAcl={"kind": "made", "requestsPerFiveMinutes": 500}).one("webAcl:WebAcl").inputs["rules"]
    limit, *managed = rules
    assert limit["statement"]["rateBasedStatement"]["limit"] == 500
    assert list(limit["action"]) == ["block"]
    groups = {each["name"]: each["statement"]["managedRuleGroupStatement"] for each in managed}
    counted = [each["name"] for each in groups["AWSManagedRulesCommonRuleSet"]["ruleActionOverrides"]]
    assert "SizeRestrictions_BODY" in counted
    assert [each["priority"] for each in rules] == list(range(len(rules)))


def test_a_web_acl_of_others_is_taken_as_it_is() -> None:
    cloud = with_cdn(webAcl={"kind": "existing", "arn": ACL})
    assert cloud.one("distribution:Distribution").inputs["webAclId"] == ACL
    assert cloud.of_type("webAcl:WebAcl") == []


@pytest.mark.parametrize(
    ("countries", "restriction"),
    [
        (None, {"restrictionType": "none", "locations": []}),
        ({"kind": "only", "codes": ["FR", "DE"]}, {"restrictionType": "whitelist", "locations": ["DE", "FR"]}),
        ({"kind": "never", "codes": ["AQ"]}, {"restrictionType": "blacklist", "locations": ["AQ"]}),
    ],
)
def test_clients_are_where_settings_say(countries: Any, restriction: dict[str, Any]) -> None:
    assert distribution(countries=countries)["restrictions"]["geoRestriction"] == restriction


def test_the_gateway_may_take_as_long_as_settings_say_on_both_stretches() -> None:
    cloud = with_cdn(longestSilenceSeconds=120)
    (origin,) = cloud.one("distribution:Distribution").inputs["origins"]
    assert origin["vpcOriginConfig"]["originReadTimeout"] == 120
    assert cloud.one("loadBalancer:LoadBalancer").inputs["idleTimeout"] == 120


def test_all_names_lead_to_the_distribution_by_both_kinds_of_addresses() -> None:
    cloud = with_cdn()
    made = cloud.one("distribution:Distribution").outputs
    led = {
        (each.inputs["name"], each.inputs["type"]): each.inputs["aliases"]
        for each in cloud.of_type("record:Record")
        if "aliases" in each.inputs
    }
    alias = {"name": made["domainName"], "zoneId": made["hostedZoneId"], "evaluateTargetHealth": False}
    names = ("agents.example.com", "*.agents.example.com")
    assert led == {(name, kind): [alias] for name in names for kind in ("A", "AAAA")}


def test_who_called_is_written_into_the_bucket_of_the_load_balancers_log() -> None:
    cloud = with_cdn()
    bucket = cloud.one("bucket:Bucket").inputs["bucket"]
    source, destination = cloud.one("LogDeliverySource"), cloud.one("LogDeliveryDestination")
    assert source.inputs["resourceArn"] == cloud.one("distribution:Distribution").outputs["arn"]
    config = destination.inputs["deliveryDestinationConfiguration"]
    assert config == {"destinationResourceArn": f"arn:aws:s3:::{bucket}"}
    policy = json.loads(cloud.one("bucketPolicy:BucketPolicy").inputs["policy"])
    services = {each["Sid"]: each["Principal"] for each in policy["Statement"]}
    assert services["LogDeliveryWrites"] == {"Service": "delivery.logs.amazonaws.com"}
    assert services["LoadBalancersDeliver"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert cloud.one("bucketPolicy:BucketPolicy").urn in destination.dependencies
