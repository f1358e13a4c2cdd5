"""lb-tls-logged-protected: listener rules, which are as plain as their listener."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, resource, stack_messages

RULE = "lb-tls-logged-protected"
FAMILIES = ("lb", "alb")
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2"
FOREIGN = ARN.replace("/web/", "/other/")
REDIRECT: Json = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
FORWARD: Json = {"type": "forward", "targetGroupArn": "arn:aws:elasticloadbalancing:…"}
PLAINLY = 'actions[0].type is "forward". Fix: redirect to HTTPS, or move the rule to a listener of HTTPS'


def listener(protocol: object = "HTTP", arn: object = ARN, family: str = "lb", name: str = "web") -> Resource:
    properties: Json = {"arn": arn, "id": arn, "protocol": protocol, "port": 80, "defaultActions": [REDIRECT]}
    return resource(properties, f"aws:{family}/listener:Listener", name)


def rule(*actions: object, arn: object = ARN, family: str = "lb", of: tuple[Resource, ...] = ()) -> Resource:
    token = f"aws:{family}/listenerRule:ListenerRule"
    made = resource({"listenerArn": arn, "actions": list(actions)}, token, "beside")
    return made._replace(dependencies=tuple(each.urn for each in of))


def said(*stack: Resource, preview: bool = False, **options: object) -> tuple[list[str], list[str]]:
    """What is refused, and what could not be judged."""
    found = stack_messages(RULE, *stack, preview=preview, **options)
    unclear = [each for each in found if each.startswith("could not judge")]
    return [each for each in found if each not in unclear], unclear


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("protocol", ["HTTP", None])
def test_a_rule_that_forwards_on_a_plain_listener_is_refused(family: str, protocol: object) -> None:
    for other in FAMILIES:
        (message,), unclear = said(listener(protocol, family=family), rule(FORWARD, family=other))
        assert PLAINLY in message
        assert "beside" in message
        assert unclear == []


@pytest.mark.parametrize(
    "actions",
    [
        [REDIRECT, FORWARD],
        [{"type": "fixed-response"}],
        [{}],
        [],
        ["forward"],
        [{"type": "redirect", "redirect": {"protocol": "HTTP"}}],
        [{"type": "redirect", "redirect": {"protocol": "#{protocol}"}}],
    ],
)
def test_a_rule_of_a_plain_listener_only_redirects_to_https(actions: list[object]) -> None:
    assert [len(each) for each in said(listener(), rule(*actions))] == [1, 0]


def test_a_rule_that_redirects_to_https_passes_wherever_it_is() -> None:
    for stack in ((listener(),), (listener(UNKNOWN),), ()):
        assert said(*stack, rule(REDIRECT)) == ([], [])


@pytest.mark.parametrize("protocol", ["HTTPS", "TLS"])
def test_a_rule_of_a_listener_of_tls_passes(protocol: str) -> None:
    assert said(listener(protocol), listener("HTTP", FOREIGN, name="plain"), rule(FORWARD)) == ([], [])


def test_before_it_is_made_a_listener_is_known_by_the_dependency() -> None:
    plain, secure = listener("HTTP", UNKNOWN, name="plain"), listener("HTTPS", UNKNOWN, name="secure")
    refused, unclear = said(plain, secure, rule(FORWARD, arn=UNKNOWN, of=(plain,)), preview=True)
    assert (len(refused), unclear) == (1, [])
    assert said(plain, secure, rule(FORWARD, arn=UNKNOWN, of=(secure,)), preview=True) == ([], [])


def test_a_rule_that_may_be_of_either_listener_is_not_judged() -> None:
    plain, secure = listener("HTTP", UNKNOWN, name="plain"), listener("HTTPS", UNKNOWN, name="secure")
    refused, unclear = said(plain, secure, rule(FORWARD, arn=UNKNOWN, of=(plain, secure)), preview=True)
    assert refused == []
    assert "listenerArn" in unclear[0]
    also = listener("TLS", UNKNOWN, name="plain")
    assert said(also, secure, rule(FORWARD, arn=UNKNOWN, of=(also, secure)), preview=True) == ([], [])


def test_a_rule_of_either_of_two_plain_listeners_is_refused() -> None:
    first, second = listener("HTTP", UNKNOWN, name="first"), listener(None, UNKNOWN, name="second")
    (message,), unclear = said(first, second, rule(FORWARD, arn=UNKNOWN, of=(first, second)), preview=True)
    assert PLAINLY in message
    assert unclear == []


def test_a_listener_of_tcp_is_not_told_to_speak_http() -> None:
    (message,), _ = said(listener("TCP"), rule(FORWARD))
    assert "move the rule to a listener of HTTPS, since its own has no TLS." in message
    (message,), _ = said(listener("TCP"), rule())
    assert "actions is empty, so that nothing is redirected to HTTPS. Fix: " in message
    assert "plain HTTP" not in message


def test_a_listener_of_an_unknown_protocol_is_not_judged() -> None:
    refused, unclear = said(listener(UNKNOWN), rule(FORWARD), preview=True)
    assert (refused, len(unclear)) == ([], 1)


def test_unknown_actions_on_a_plain_listener_are_not_judged() -> None:
    refused, unclear = said(listener(), rule(UNKNOWN), preview=True)
    assert refused == []
    assert "actions[0]" in unclear[0]


def test_a_listener_of_another_stack_is_listed_if_it_speaks_https() -> None:
    (message,), unclear = said(listener("HTTPS"), rule(FORWARD, arn=FOREIGN))
    assert message.count("which no listener of this stack has, and the rule does more than") == 1
    assert "than redirect to HTTPS. Fix: redirect to HTTPS, name a listener of this stack, or list its ARN" in message
    assert unclear == []
    assert said(rule(FORWARD, arn=FOREIGN), tlsListeners=[ARN, FOREIGN]) == ([], [])
    refused, unclear = said(rule(FORWARD, arn=UNKNOWN), preview=True, tlsListeners=[FOREIGN])
    assert (refused, len(unclear)) == ([], 1)


@pytest.mark.parametrize("arn", [FOREIGN, UNKNOWN])
def test_unknown_actions_on_a_listener_of_another_stack_are_not_judged(arn: object) -> None:
    refused, (message,) = said(listener("HTTPS"), rule(UNKNOWN, arn=arn), preview=True)
    assert refused == []
    assert "actions[0]" in message
    assert said(rule(UNKNOWN, arn=FOREIGN), preview=True, tlsListeners=[FOREIGN]) == ([], [])


@pytest.mark.parametrize("arn", [None, 7, ""])
def test_a_rule_without_a_listener_is_refused(arn: object) -> None:
    assert [len(each) for each in said(listener(), rule(FORWARD, arn=arn))] == [1, 0]


def test_every_rule_of_a_stack_is_told_of_itself() -> None:
    first, second = rule(FORWARD), rule(FORWARD)._replace(urn="urn:pulumi:dev::project::x::second", name="second")
    refused, _ = said(listener(), first, second)
    assert ["beside" in refused[0], "second" in refused[1], len(refused)] == [True, True, 2]
