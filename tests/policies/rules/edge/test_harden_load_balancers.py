"""lb-tls-logged-protected: load balancers and their listeners."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, mended, refused, resource, unjudged

RULE = "lb-tls-logged-protected"
BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
MODERN = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
REDIRECT: Json = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
FORWARD: Json = {"type": "forward", "targetGroupArn": "arn:aws:elasticloadbalancing:…"}


def balancer(**fields: object) -> Json:
    return {
        "dropInvalidHeaderFields": True,
        "enableDeletionProtection": True,
        "accessLogs": {"bucket": "logs", "enabled": True},
        **fields,
    }


def listener(**fields: object) -> Json:
    return {"protocol": "HTTPS", "port": 443, "sslPolicy": MODERN, "defaultActions": [FORWARD], **fields}


@pytest.mark.parametrize("token", BALANCERS)
@pytest.mark.parametrize("mode", [None, "defensive", "strictest"])
def test_a_hardened_load_balancer_passes(token: str, mode: object) -> None:
    assert refused(RULE, resource(balancer(desyncMitigationMode=mode), token)) == []
    assert refused(RULE, resource(balancer(loadBalancerType="application"), token)) == []


@pytest.mark.parametrize("token", BALANCERS)
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dropInvalidHeaderFields": None}, "dropInvalidHeaderFields is not set. Fix: set dropInvalidHeaderFields"),
        ({"dropInvalidHeaderFields": False}, "dropInvalidHeaderFields is false"),
        ({"enableDeletionProtection": None}, "enableDeletionProtection is not set. Fix: set enableDeletionProtection"),
        ({"enableDeletionProtection": False}, "enableDeletionProtection is false"),
        ({"desyncMitigationMode": "monitor"}, 'desyncMitigationMode is "monitor". Fix: set desyncMitigationMode'),
        ({"accessLogs": {"bucket": "logs"}}, "accessLogs.enabled is not set. Fix: set accessLogs"),
        ({"accessLogs": {"bucket": "logs", "enabled": False}}, "accessLogs.enabled is false"),
    ],
)
def test_what_a_load_balancer_lacks_is_refused_and_mended(token: str, fields: Json, message: str) -> None:
    judged = resource(balancer(**fields), token)
    (found,) = refused(RULE, judged)
    assert message in found
    once = mended(RULE, judged)
    assert refused(RULE, once) == []
    assert mended(RULE, once) == once


def test_the_mended_values_are_the_strict_ones() -> None:
    judged = resource({"desyncMitigationMode": "monitor", "accessLogs": {"bucket": "logs"}}, BALANCERS[0])
    assert mended(RULE, judged).properties == balancer(desyncMitigationMode="defensive")


@pytest.mark.parametrize("logs", [None, {"enabled": True}, {"enabled": True, "bucket": ""}])
def test_access_logs_without_a_bucket_are_refused_and_left_to_people(logs: object) -> None:
    judged = resource(balancer(accessLogs=logs), BALANCERS[0])
    assert len(refused(RULE, judged)) == 1
    assert mended(RULE, judged).properties == balancer(accessLogs=logs)


def test_a_network_load_balancer_knows_no_headers() -> None:
    fields = {"loadBalancerType": "network", "dropInvalidHeaderFields": None, "desyncMitigationMode": "monitor"}
    assert refused(RULE, resource(balancer(**fields), BALANCERS[0])) == []
    assert len(refused(RULE, resource(balancer(**fields, accessLogs=None), BALANCERS[0]))) == 1


def test_a_gateway_load_balancer_has_no_logs_and_must_be_protected() -> None:
    fields: Json = {"loadBalancerType": "gateway", "dropInvalidHeaderFields": None, "accessLogs": None}
    assert refused(RULE, resource(balancer(**fields), BALANCERS[0])) == []
    assert len(refused(RULE, resource(balancer(**fields, enableDeletionProtection=None), BALANCERS[0]))) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"dropInvalidHeaderFields": UNKNOWN},
        {"enableDeletionProtection": UNKNOWN},
        {"desyncMitigationMode": UNKNOWN},
        {"accessLogs": {"bucket": UNKNOWN, "enabled": True}},
        {"accessLogs": {"bucket": "logs", "enabled": UNKNOWN}},
        {"loadBalancerType": UNKNOWN, "accessLogs": None},
        {"loadBalancerType": UNKNOWN, "dropInvalidHeaderFields": False},
    ],
)
def test_unknown_values_of_a_load_balancer_are_not_judged(fields: Json) -> None:
    judged = resource(balancer(**fields), BALANCERS[0])
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(
    "fields", [{"enableDeletionProtection": "true"}, {"accessLogs": {"bucket": 1, "enabled": True}}]
)
def test_values_of_the_wrong_type_are_refused(fields: Json) -> None:
    assert "belongs" in refused(RULE, resource(balancer(**fields), BALANCERS[0]))[0]


@pytest.mark.parametrize("token", LISTENERS)
@pytest.mark.parametrize("protocol", ["HTTPS", "TLS"])
@pytest.mark.parametrize(
    "policy",
    [
        *(MODERN, "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
        *("ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04"),
        *("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09"),
        *("ELBSecurityPolicy-FS-1-2-Res-2020-10", "ELBSecurityPolicy-FS-1-2-2019-08"),
    ],
)
def test_a_listener_with_tls_of_today_passes(token: str, protocol: str, policy: str) -> None:
    assert refused(RULE, resource(listener(protocol=protocol, sslPolicy=policy), token)) == []


@pytest.mark.parametrize("token", LISTENERS)
@pytest.mark.parametrize("protocol", ["HTTPS", "TLS"])
@pytest.mark.parametrize(
    "policy",
    [
        *(None, "", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-FS-2018-06"),
        *("ELBSecurityPolicy-TLS13-1-0-2021-06", "ELBSecurityPolicy-TLS13-1-1-2021-06", f"{MODERN}-x", f"x{MODERN}"),
        *("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", "ELBSecurityPolicy-FS-1-1-2019-08"),
        "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
    ],
)
def test_a_listener_with_older_tls_is_refused_and_mended(token: str, protocol: str, policy: object) -> None:
    judged = resource(listener(protocol=protocol, sslPolicy=policy), token)
    (message,) = refused(RULE, judged)
    assert "sslPolicy is" in message
    once = mended(RULE, judged)
    assert once.properties == listener(protocol=protocol)
    assert mended(RULE, once) == once


@pytest.mark.parametrize("token", LISTENERS)
@pytest.mark.parametrize("protocol", ["HTTP", None])
def test_plain_http_may_only_redirect_to_https(token: str, protocol: object) -> None:
    plain: Json = {"protocol": protocol, "port": 80, "sslPolicy": None}
    assert refused(RULE, resource(listener(**plain, defaultActions=[REDIRECT]), token)) == []
    (message,) = refused(RULE, resource(listener(**plain), token))
    assert 'defaultActions[0].type is "forward". Fix: use HTTPS or TLS' in message
    assert len(refused(RULE, resource(listener(**plain, defaultActions=[REDIRECT, FORWARD]), token))) == 1
    empties: tuple[object, ...] = (None, [])
    for empty in empties:
        assert len(refused(RULE, resource(listener(**plain, defaultActions=empty), token))) == 1
    assert len(refused(RULE, resource(listener(**plain, defaultActions=[{}]), token))) == 1


@pytest.mark.parametrize("target", [None, "HTTP", "#{protocol}"])
def test_a_redirect_that_stays_plain_is_refused_and_mended(target: object) -> None:
    action = {"type": "redirect", "redirect": {"statusCode": "HTTP_301", "protocol": target}}
    judged = resource(listener(protocol="HTTP", defaultActions=[action]), LISTENERS[0])
    (message,) = refused(RULE, judged)
    assert "redirect.protocol is" in message
    once = mended(RULE, judged)
    assert refused(RULE, once) == []
    assert mended(RULE, once) == once


def test_a_listener_that_passes_through_needs_a_listed_port() -> None:
    for protocol in ("TCP", "UDP", "TCP_UDP", "TCP_QUIC"):
        assert refused(RULE, resource({"protocol": protocol, "port": 443}, LISTENERS[0])) == []
        (message,) = refused(RULE, resource({"protocol": protocol, "port": 5432}, LISTENERS[0]))
        assert f'protocol is "{protocol}" on port 5432' in message
        assert "passThroughPorts" in message
        assert (
            refused(RULE, resource({"protocol": protocol, "port": 5432}, LISTENERS[0]), passThroughPorts=[5432]) == []
        )
    assert len(refused(RULE, resource({"protocol": "TCP", "port": 443}, LISTENERS[0]), passThroughPorts=[])) == 1


def test_a_listener_that_speaks_quic_is_always_encrypted() -> None:
    assert refused(RULE, resource({"protocol": "QUIC", "port": 8443}, LISTENERS[0])) == []


def test_a_listener_of_a_gateway_load_balancer_has_neither_protocol_nor_port() -> None:
    assert refused(RULE, resource({"defaultActions": [FORWARD]}, LISTENERS[0])) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"protocol": UNKNOWN},
        {"sslPolicy": UNKNOWN},
        {"protocol": "TCP", "port": UNKNOWN},
        {"protocol": None, "port": UNKNOWN, "defaultActions": UNKNOWN},
        {"protocol": "HTTP", "defaultActions": [UNKNOWN]},
        {"protocol": "HTTP", "defaultActions": [{"type": "redirect", "redirect": UNKNOWN}]},
    ],
)
def test_unknown_values_of_a_listener_are_not_judged(fields: Json) -> None:
    judged = resource(listener(**fields), LISTENERS[0])
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("protocol", [7, True, [], {}])
def test_a_protocol_of_the_wrong_type_is_refused(protocol: object) -> None:
    assert "where a string belongs" in refused(RULE, resource(listener(protocol=protocol), LISTENERS[0]))[0]
