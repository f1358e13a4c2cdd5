"""lb-tls-logged-protected: load balancers and their listeners."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, mended, refused, resource, unjudged

RULE = "lb-tls-logged-protected"
BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
CLASSIC = ("aws:elb/loadBalancer:LoadBalancer", "aws:elasticloadbalancing/loadBalancer:LoadBalancer")
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


def classic(**fields: object) -> Json:
    listener = {"lbPort": 443, "lbProtocol": "https", "instancePort": 80, "instanceProtocol": "http"}
    return {"listeners": [listener], "accessLogs": {"bucket": "logs"}, **fields}


@pytest.mark.parametrize("token", CLASSIC)
def test_a_classic_load_balancer_with_tls_and_logs_passes(token: str) -> None:
    for protocol in ("https", "ssl", "HTTPS", "SSL"):
        judged = classic(listeners=[{"lbPort": 8443, "lbProtocol": protocol}])
        assert refused(RULE, resource(judged, token)) == unjudged(RULE, resource(judged, token)) == []
    for fields in ({"accessLogs": {"bucket": "logs", "enabled": True}}, {"desyncMitigationMode": "strictest"}):
        assert refused(RULE, resource(classic(**fields), token)) == []


@pytest.mark.parametrize("token", CLASSIC)
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"listeners": None}, "listeners is not set"),
        ({"listeners": "x"}, "listeners is a string where a list belongs"),
        ({"listeners": [7]}, "listeners[0] is a number where an object belongs"),
        ({"listeners": [{"lbPort": 80, "lbProtocol": "http"}]}, 'listeners[0].lbProtocol is "http" on port 80'),
        ({"listeners": [{"lbPort": 443, "lbProtocol": "HTTP"}]}, 'lbProtocol is "HTTP" on port 443'),
        ({"listeners": [{"lbPort": 25, "lbProtocol": "tcp"}]}, 'lbProtocol is "tcp" on port 25'),
        ({"listeners": [{"lbPort": 443}]}, "lbProtocol is not set"),
        ({"listeners": [{"lbPort": 443, "lbProtocol": 7}]}, "lbProtocol is a number where a string belongs"),
        ({"accessLogs": None}, "accessLogs is not set. Fix: set accessLogs"),
        ({"accessLogs": {"enabled": True}}, "accessLogs.bucket is not set"),
        ({"accessLogs": {"bucket": ""}}, 'accessLogs.bucket is ""'),
        ({"accessLogs": {"bucket": "logs", "enabled": False}}, "accessLogs.enabled is false"),
        ({"desyncMitigationMode": "monitor"}, 'desyncMitigationMode is "monitor"'),
    ],
)
def test_a_classic_load_balancer_without_them_is_refused(token: str, fields: Json, message: str) -> None:
    (found,) = refused(RULE, resource(classic(**fields), token))
    assert message in found


def test_every_listener_of_a_classic_load_balancer_is_judged() -> None:
    plain = {"lbPort": 80, "lbProtocol": "http"}
    found = refused(RULE, resource(classic(listeners=[plain, {"lbPort": 443, "lbProtocol": "ssl"}, plain]), CLASSIC[0]))
    assert ["listeners[0]" in found[0], "listeners[2]" in found[1], len(found)] == [True, True, 2]


def test_a_classic_load_balancer_passes_tcp_through_on_listed_ports() -> None:
    for protocol in ("tcp", "TCP"):
        judged = resource(classic(listeners=[{"lbPort": 443, "lbProtocol": protocol}]), CLASSIC[0])
        assert refused(RULE, judged) == []
        assert "passThroughPorts" in refused(RULE, judged, passThroughPorts=[8443])[0]


@pytest.mark.parametrize(
    "fields",
    [{"desyncMitigationMode": "monitor"}, {"accessLogs": {"bucket": "logs", "enabled": False}}],
)
def test_what_a_classic_load_balancer_lacks_is_mended(fields: Json) -> None:
    once = mended(RULE, resource(classic(**fields), CLASSIC[0]))
    assert refused(RULE, once) == []
    assert mended(RULE, once) == once


def test_plain_listeners_of_a_classic_load_balancer_are_left_to_people() -> None:
    judged = resource(classic(listeners=[{"lbPort": 80, "lbProtocol": "http"}], accessLogs=None), CLASSIC[0])
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize(
    "fields",
    [
        {"listeners": UNKNOWN},
        {"listeners": [UNKNOWN]},
        {"listeners": [{"lbPort": 80, "lbProtocol": UNKNOWN}]},
        {"listeners": [{"lbPort": UNKNOWN, "lbProtocol": "tcp"}]},
        {"accessLogs": UNKNOWN},
        {"accessLogs": {"bucket": UNKNOWN}},
        {"accessLogs": {"bucket": "logs", "enabled": UNKNOWN}},
        {"desyncMitigationMode": UNKNOWN},
    ],
)
def test_unknown_values_of_a_classic_load_balancer_are_not_judged(fields: Json) -> None:
    judged = resource(classic(**fields), CLASSIC[0])
    assert len(unjudged(RULE, judged)) >= 1
    assert refused(RULE, judged) == []


def test_plain_http_of_a_classic_load_balancer_is_refused_on_an_unknown_port_too() -> None:
    unknown: object = UNKNOWN
    judged = resource(classic(listeners=[{"lbPort": unknown, "lbProtocol": "http"}]), CLASSIC[0])
    assert len(refused(RULE, judged)) == 1


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
