"""The way into a fleet: TLS, redirects, health."""

from components.vm_fleet.balancer.listening import load_balancer, target_group
from tests.components.aws_recording import Cloud
from tests.components.vm_fleet.making import CERTIFICATE, PRIVATE, PUBLIC, everything, made_with, settings


def test_https_ends_at_the_load_balancer_with_the_fleets_certificate(made: Cloud) -> None:
    listener = made.named("recommender-balancer-https").inputs
    assert (listener["port"], listener["protocol"], listener["certificateArn"]) == (443, "HTTPS", CERTIFICATE)
    assert listener["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    target = made.one("targetGroup:TargetGroup").outputs["arn"]
    assert listener["defaultActions"] == [{"type": "forward", "targetGroupArn": target}]


def test_plain_http_is_sent_on_to_https(either: Cloud) -> None:
    listener = either.named("recommender-balancer-http").inputs
    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    redirect = {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}
    assert listener["defaultActions"] == [{"type": "redirect", "redirect": redirect}]
    without = made_with(settings(redirectHttp=False))
    assert [each.inputs["port"] for each in without.of_type("listener:Listener")] == [443]


def test_clients_never_see_the_agents_metrics(made: Cloud) -> None:
    rule = made.one("ListenerRule").inputs
    assert rule["listenerArn"] == made.named("recommender-balancer-https").outputs["arn"]
    assert rule["conditions"] == [{"pathPattern": {"values": ["/metrics", "/metrics/*"]}}]
    assert rule["actions"][0]["fixedResponse"]["statusCode"] == "404"


def test_odd_requests_are_dropped(either: Cloud) -> None:
    balancer = either.one("loadBalancer:LoadBalancer").inputs
    assert balancer["dropInvalidHeaderFields"] is True
    assert balancer["desyncMitigationMode"] == "defensive"
    assert balancer["enableDeletionProtection"] is True


def test_an_internal_balancer_is_in_private_subnets_and_another_in_public_ones() -> None:
    inside = made_with(settings()).one("loadBalancer:LoadBalancer").inputs
    assert (inside["internal"], inside["subnets"]) == (True, PRIVATE)
    outside = made_with(settings(clients=["203.0.113.0/24"], internal=False)).one("loadBalancer:LoadBalancer").inputs
    assert (outside["internal"], outside["subnets"]) == (False, PUBLIC)


def test_a_machine_is_healthy_when_its_agent_answers_200(either: Cloud) -> None:
    group = either.one("targetGroup:TargetGroup").inputs
    assert (group["port"], group["protocol"], group["targetType"]) == (8080, "HTTP", "instance")
    assert (group["healthCheck"]["path"], group["healthCheck"]["matcher"]) == ("/health", "200")
    assert group["loadBalancingAlgorithmType"] == "least_outstanding_requests"


def test_an_answer_may_take_as_long_as_the_fleet_says_also_when_its_machine_goes() -> None:
    cloud = made_with(settings(longestRequestSeconds=600))
    assert cloud.one("loadBalancer:LoadBalancer").inputs["idleTimeout"] == 600
    assert cloud.one("targetGroup:TargetGroup").inputs["deregistrationDelay"] == 600


def test_what_aws_can_not_change_gets_another_name() -> None:
    def names(**changes: object) -> tuple[str, str]:
        fleet = settings(**changes)
        balancer = load_balancer(fleet, PRIVATE, "sg-1", "logs", protect=True)
        return str(balancer["name"]), str(target_group(fleet, "vpc-1")["name"])

    first, port = names(), names(port=8081)
    outside = names(clients=["203.0.113.0/24"], internal=False)
    assert (first[0] == port[0], first[1] == port[1]) == (True, False)
    assert (first[0] == outside[0], first[1] == outside[1]) == (False, False)
    assert names(domain="other.example.com") == first
    assert max(map(len, names(name="a" * 20))) <= 32


def test_the_domain_points_to_the_load_balancer_where_its_zone_is_known(made: Cloud) -> None:
    record = made.one("record:Record").inputs
    assert (record["name"], record["type"], record["zoneId"]) == (
        "recommender.example.com",
        "A",
        "Z0123456789ABCDEFGHIJ",
    )
    (alias,) = record["aliases"]
    assert (alias["name"], alias["zoneId"]) == ("recommender-1.eu-central-1.elb.amazonaws.com", "Z215JYRZR1TBD5")
    assert made_with(everything(hostedZone=None)).of_type("record:Record") == []
