"""sg-no-open-ingress: what the world must not reach, in every form that a rule of traffic has."""

import pytest

from policies.config import ConfigError
from policies.subjects.security_groups import (
    ACL,
    EGRESS_RULE,
    GROUP,
)
from tests.policies.manifests import refused, resource
from tests.policies.rules.vpc.ingress_forms import ACL_FORMS, FORMS, GROUP_FORMS, acl_rule, group_rule, ingress_rule

RULE = "sg-no-open-ingress"
WORLD = ("0.0.0.0/0", "::/0")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cidr", WORLD)
@pytest.mark.parametrize("port", [22, 80, 3389])
def test_a_port_of_administration_open_to_the_world_is_refused_in_every_form(form: str, cidr: str, port: int) -> None:
    (message,) = refused(RULE, FORMS[form](cidr, fromPort=port, toPort=port))
    assert form in message
    assert f'is "{cidr}", which opens port {port} to the world' in message
    assert "Fix: name the addresses" in message


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cidr", WORLD)
def test_other_ports_and_narrow_ranges_pass_in_every_form(form: str, cidr: str) -> None:
    assert refused(RULE, FORMS[form](cidr, fromPort=443, toPort=443)) == []
    assert refused(RULE, FORMS[form]("10.0.0.0/8", fromPort=22, toPort=22)) == []
    assert refused(RULE, FORMS[form]("fd00::/8", fromPort=22, toPort=22)) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("first", "last", "hit"), [(21, 22, True), (22, 23, True), (20, 30, True), (23, 79, False)])
def test_a_range_of_ports_that_holds_one_is_refused(form: str, first: int, last: int, hit: bool) -> None:
    assert len(refused(RULE, FORMS[form]("0.0.0.0/0", fromPort=first, toPort=last))) is int(hit)


def test_all_ports_within_a_range_are_named() -> None:
    (message,) = refused(RULE, group_rule("0.0.0.0/0", fromPort=2, toPort=100))
    assert "opens ports 22, 80 to the world" in message


@pytest.mark.parametrize("form", GROUP_FORMS)
@pytest.mark.parametrize("protocol", ["-1", "all", "ALL", -1, None])
def test_all_traffic_is_refused_in_every_form_of_a_security_group(form: str, protocol: object) -> None:
    (message,) = refused(RULE, FORMS[form]("0.0.0.0/0", protocol=protocol), ports=[])
    assert "opens all traffic to the world" in message


@pytest.mark.parametrize("form", ACL_FORMS)
@pytest.mark.parametrize("protocol", ["-1", "all", -1])
def test_all_traffic_of_an_acl_passes_as_it_is_what_aws_makes(form: str, protocol: object) -> None:
    assert refused(RULE, FORMS[form]("0.0.0.0/0", protocol=protocol, fromPort=0, toPort=0)) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("protocol", ["tcp", "udp", "6", "17", "TCP", 6])
@pytest.mark.parametrize(("first", "last"), [(0, 65535), (1, 65535), (-1, -1), (None, None)])
def test_all_ports_are_refused_whichever_are_listed(form: str, protocol: object, first: object, last: object) -> None:
    (message,) = refused(RULE, FORMS[form]("::/0", protocol=protocol, fromPort=first, toPort=last), ports=[])
    assert "opens all ports to the world" in message


@pytest.mark.parametrize(("first", "last"), [(2, 65535), (0, 65534)])
def test_all_but_a_few_ports_are_judged_by_the_listed_ones(first: int, last: int) -> None:
    judged = group_rule("0.0.0.0/0", fromPort=first, toPort=last)
    assert refused(RULE, judged, ports=[]) == []
    assert len(refused(RULE, judged)) == 1


@pytest.mark.parametrize("form", ACL_FORMS)
def test_an_acl_may_let_answers_in_by_ephemeral_ports(form: str) -> None:
    assert refused(RULE, FORMS[form]("0.0.0.0/0", fromPort=1024, toPort=65535)) == []
    assert len(refused(RULE, FORMS[form]("0.0.0.0/0", fromPort=1023, toPort=65535))) == 1
    assert len(refused(RULE, FORMS[form]("0.0.0.0/0", fromPort=1024, toPort=65534))) == 1


def test_a_security_group_may_not() -> None:
    assert len(refused(RULE, group_rule("0.0.0.0/0", fromPort=1024, toPort=65535))) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("protocol", ["icmp", "1", "58", 50])
def test_protocols_without_ports_pass(form: str, protocol: object) -> None:
    assert refused(RULE, FORMS[form]("0.0.0.0/0", protocol=protocol, fromPort=-1, toPort=-1)) == []


@pytest.mark.parametrize(
    ("cidr", "wide"),
    [
        ("0.0.0.0/1", True),
        ("128.0.0.0/1", True),
        (" 0.0.0.0/0 ", True),
        ("10.1.2.3/0", True),
        ("52.0.0.0/7", True),
        ("52.0.0.0/8", True),
        ("52.0.0.0/15", True),
        ("52.0.0.0/16", False),
        ("10.0.0.0/8", False),
        ("172.16.0.0/12", False),
        ("192.168.0.0/16", False),
        ("100.64.0.0/10", False),
        ("100.64.0.0/9", True),
        ("198.51.100.7", False),
        ("2000::/3", True),
        ("2600::/15", True),
        ("2600::/31", True),
        ("2600::/32", False),
        ("fc00::/7", False),
    ],
)
def test_a_large_part_of_the_world_counts_as_the_world(cidr: str, wide: bool) -> None:
    assert len(refused(RULE, ingress_rule(cidr, fromPort=22, toPort=22))) is int(wide)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("key", "least", "most", "cidr"),
    [("leastPrefixIpv4", 8, 32, "52.0.0.0/{}"), ("leastPrefixIpv6", 16, 128, "2600::/{}")],
)
def test_the_widest_public_range_is_a_setting(form: str, key: str, least: int, most: int, cidr: str) -> None:
    for prefix in (least, 20, most):
        passing = FORMS[form](cidr.format(prefix), fromPort=22, toPort=22)
        wider = FORMS[form](cidr.format(prefix - 1), fromPort=22, toPort=22)
        assert refused(RULE, passing, **{key: prefix}) == []
        assert f"/{prefix - 1}" in refused(RULE, wider, **{key: prefix})[0]
    for wrong in (least - 1, most + 1, "16", True):
        with pytest.raises(ConfigError):
            refused(RULE, passing, **{key: wrong})


@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_range_of_addresses_is_refused(form: str) -> None:
    (message,) = refused(RULE, FORMS[form]("anywhere", fromPort=22, toPort=22))
    assert 'is "anywhere", which is no range of addresses' in message


def test_every_range_is_named_not_only_the_first() -> None:
    rule = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/8", "0.0.0.0/0"]}
    judged = resource({"ingress": [{**rule, "ipv6CidrBlocks": ["::/0"]}, rule]}, GROUP)
    found = refused(RULE, judged)
    assert len(found) == 3
    assert "ingress[0].cidrBlocks[1]" in found[0]
    assert "ingress[0].ipv6CidrBlocks[0]" in found[1]
    assert "ingress[1].cidrBlocks[1]" in found[2]


def test_outgoing_traffic_is_another_rules_business() -> None:
    rule = {"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"], "fromPort": 0, "toPort": 0}
    assert refused(RULE, resource({"egress": [rule]}, GROUP)) == []
    assert refused(RULE, group_rule("0.0.0.0/0", type="egress", fromPort=22, toPort=22)) == []
    assert refused(RULE, resource({"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}, EGRESS_RULE)) == []
    assert refused(RULE, acl_rule("0.0.0.0/0", egress=True, fromPort=22, toPort=22)) == []
    assert len(refused(RULE, acl_rule("0.0.0.0/0", egress=False, fromPort=22, toPort=22))) == 1


@pytest.mark.parametrize("action", ["deny", "DENY"])
def test_what_an_acl_denies_passes(action: str) -> None:
    assert refused(RULE, acl_rule("0.0.0.0/0", ruleAction=action, fromPort=22, toPort=22)) == []
    assert refused(RULE, ACL_FORMS[ACL]("0.0.0.0/0", action=action, fromPort=22, toPort=22)) == []
    assert len(refused(RULE, acl_rule("0.0.0.0/0", ruleAction="Allow", fromPort=22, toPort=22))) == 1


def test_the_ports_are_a_setting() -> None:
    judged = group_rule("0.0.0.0/0", fromPort=5432, toPort=5432)
    assert refused(RULE, judged) == []
    assert len(refused(RULE, judged, ports=[5432])) == 1
    assert refused(RULE, group_rule("0.0.0.0/0", fromPort=22, toPort=22), ports=[5432]) == []
    assert len(refused(RULE, group_rule("0.0.0.0/0", fromPort=0, toPort=0), ports=[0])) == 1
