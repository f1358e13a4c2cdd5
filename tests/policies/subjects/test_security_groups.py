"""Rules of traffic: which of a resource's rules are found, and the setting of ports."""

import pytest

from policies.subjects.security_groups import (
    ACL,
    ACL_RULE,
    EGRESS_RULE,
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
    port_list,
    rules_of,
    traffic,
)
from policies.subjects.typed import typed
from tests.policies.manifests import Json, resource


def count(token: str, properties: Json) -> list[int]:
    """How many rules there are for each direction."""
    subject = typed(resource(properties, token))
    return [len(list(traffic(subject, direction))) for direction in ("ingress", "egress")]


@pytest.mark.parametrize(
    ("token", "properties", "expected"),
    [
        (GROUP, {"ingress": [{}, {}], "egress": [{}]}, [2, 1]),
        (GROUP, {}, [0, 0]),
        (GROUP_RULE, {"type": "ingress"}, [1, 0]),
        (GROUP_RULE, {"type": "egress"}, [0, 1]),
        (GROUP_RULE, {"type": "sideways"}, [0, 0]),
        (GROUP_RULE, {}, [1, 1]),
        (INGRESS_RULE, {}, [1, 0]),
        (EGRESS_RULE, {}, [0, 1]),
        (ACL, {"ingress": [{"action": "allow"}, {"action": "deny"}], "egress": [{"action": "ALLOW"}]}, [1, 1]),
        (ACL_RULE, {"ruleAction": "allow"}, [1, 0]),
        (ACL_RULE, {"ruleAction": "allow", "egress": True}, [0, 1]),
        (ACL_RULE, {"ruleAction": "deny", "egress": True}, [0, 0]),
        (ACL_RULE, {"ruleAction": "allow", "egress": "odd"}, [1, 1]),
        ("aws:ec2/vpc:Vpc", {"ingress": [{}]}, [0, 0]),
    ],
)
def test_rules_are_found_by_direction(token: str, properties: Json, expected: list[int]) -> None:
    assert count(token, properties) == expected


def test_the_rules_of_a_group_and_of_a_resource_are_found_in_both_directions() -> None:
    group = typed(resource({"ingress": [{}], "egress": [{}, {}]}, GROUP))
    assert [field.path for field in rules_of(group)] == ["ingress[0]", "egress[0]", "egress[1]"]
    assert [field.path for field in rules_of(typed(resource({}, EGRESS_RULE)))] == [""]


@pytest.mark.parametrize("value", [[], [0], [65535], [22.0, 80], (22,)])
def test_a_list_of_ports_is_parsed_to_whole_numbers(value: list[object]) -> None:
    parsed = port_list("", []).parse(value)
    assert parsed == tuple(value)
    assert isinstance(parsed, tuple)
    assert all(type(port) is int for port in parsed)


@pytest.mark.parametrize("value", [None, 22, "22", ["22"], [True], [-1], [65536], [22.5], [None], {}])
def test_what_is_no_list_of_ports_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a list of ports\. Fix: write"):
        port_list("", []).parse(value)


def test_the_schema_says_what_a_port_is() -> None:
    option = port_list("The ports.", [22])
    assert option.default == [22]
    assert option.schema == {
        "type": "array",
        "items": {"type": "integer", "minimum": 0, "maximum": 65535},
        "description": "The ports.",
    }
