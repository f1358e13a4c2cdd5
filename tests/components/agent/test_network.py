"""What an agent may reach and who may reach it."""

from components.agent.network import network_policy
from tests.components.conftest import make_agent


def test_an_agent_that_declares_nothing_reaches_nothing() -> None:
    spec = network_policy(make_agent(), callers=[], callees=[])["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert (spec["ingress"], spec["egress"]) == ([], [])


def test_a_caller_is_let_in_on_the_agents_port_only() -> None:
    agent, caller = make_agent(port=9000), make_agent("other/caller")
    (rule,) = network_policy(agent, callers=[caller], callees=[])["spec"]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 9000}]
    (peer,) = rule["from"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "other"}
    assert peer["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "other-caller"


def test_a_declared_call_is_let_out_to_the_callees_port_only() -> None:
    (rule,) = network_policy(make_agent(), callers=[], callees=[make_agent("other/callee", port=9001)])["spec"][
        "egress"
    ]
    assert rule["ports"] == [{"protocol": "TCP", "port": 9001}]


def test_a_declared_network_is_let_out_on_its_port_only() -> None:
    agent = make_agent(egress=[{"cidr": "203.0.113.0/24", "port": 53, "protocol": "UDP"}])
    (rule,) = network_policy(agent, callers=[], callees=[])["spec"]["egress"]
    assert rule == {
        "to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}],
        "ports": [{"protocol": "UDP", "port": 53}],
    }
