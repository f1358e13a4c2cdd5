"""What goes in and out of a fleet."""

from typing import Any

from tests.components.aws_recording import Cloud
from tests.components.vm_fleet.making import NODE_EXPORTER, everything, logstash, made_with

IN, OUT = "SecurityGroupIngressRule", "SecurityGroupEgressRule"


def traffic(cloud: Cloud, group: str, kind: str) -> set[tuple[int, str]]:
    """Return the ports that a group's rules open, and to whom: addresses, or the name of a group."""
    names = {each.outputs["id"]: each.inputs["name"] for each in cloud.of_type("securityGroup:SecurityGroup")}
    (of,) = [identifier for identifier, name in names.items() if name == f"recommender-{group}"]
    rules = [each.inputs for each in cloud.of_type(kind) if each.inputs["securityGroupId"] == of]
    assert {(rule["ipProtocol"], rule["fromPort"] == rule["toPort"]) for rule in rules} == {("tcp", True)}
    return {(rule["fromPort"], _other(rule, names)) for rule in rules}


def _other(rule: dict[str, Any], names: dict[str, str]) -> str:
    return str(rule.get("cidrIpv4") or names[rule["referencedSecurityGroupId"]])


def test_clients_reach_the_load_balancer_and_it_reaches_the_agent(made: Cloud) -> None:
    assert traffic(made, "balancer", IN) == {(443, "10.0.0.0/8"), (80, "10.0.0.0/8")}
    assert traffic(made, "balancer", OUT) == {(8080, "recommender-machines")}


def test_machines_are_reached_by_the_load_balancer_and_prometheus_only(made: Cloud) -> None:
    assert traffic(made, "machines", IN) == {
        (8080, "recommender-balancer"),
        (8080, "10.40.0.0/16"),
        (9100, "10.40.0.0/16"),
    }


def test_machines_reach_logstash_and_https_only(made: Cloud) -> None:
    assert traffic(made, "machines", OUT) == {(5044, "10.40.0.0/16"), (443, "0.0.0.0/0")}


def test_those_who_watch_may_be_elsewhere_than_in_the_environments_network() -> None:
    prometheus = {"cidr": "10.1.0.0/24", "nodeExporterImage": NODE_EXPORTER}
    cloud = made_with(everything(prometheus=prometheus, logstash=logstash(cidr="10.2.0.0/24", port=5045)))
    assert {(8080, "10.1.0.0/24"), (9100, "10.1.0.0/24")} < traffic(cloud, "machines", IN)
    assert (5045, "10.2.0.0/24") in traffic(cloud, "machines", OUT)


def test_where_nobody_watches_nothing_is_open_for_them() -> None:
    cloud = made_with(everything(prometheus=None, logstash=None))
    assert traffic(cloud, "machines", IN) == {(8080, "recommender-balancer")}
    assert traffic(cloud, "machines", OUT) == {(443, "0.0.0.0/0")}


def test_without_a_redirect_port_80_is_closed() -> None:
    cloud = made_with(everything(redirectHttp=False))
    assert traffic(cloud, "balancer", IN) == {(443, "10.0.0.0/8")}


def test_groups_and_rules_say_what_they_are_for_and_groups_hold_no_rules(either: Cloud) -> None:
    groups = either.of_type("securityGroup:SecurityGroup")
    assert all(each.inputs["description"] for each in [*groups, *either.of_type(IN), *either.of_type(OUT)])
    assert not any({"ingress", "egress"} & set(each.inputs) for each in groups)


def test_one_more_client_adds_its_rules_and_changes_no_other() -> None:
    def rules(*clients: str) -> dict[str, Any]:
        cloud = made_with(everything(clients=list(clients)))
        return {each.name: each.inputs for each in cloud.of_type(IN)}

    before, after = rules("10.2.0.0/16"), rules("10.2.0.0/16", "10.1.0.0/16")
    assert set(after) - set(before) == {f"recommender-balancer-in-{kind}-10.1.0.0-16" for kind in ("http", "https")}
    assert {name: after[name] for name in before} == before
