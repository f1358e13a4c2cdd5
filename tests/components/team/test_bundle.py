"""What bounds a team."""

from typing import Any

from components.config.team import Team
from components.team import bundle


def make_team(**changes: Any) -> Team:
    team = {"name": "shop", "group": "shop-people", "quota": {"cpu": "10", "memory": "20Gi", "pods": 30}}
    return Team.model_validate({**team, **changes})


def test_the_namespace_admits_the_restricted_profile_only() -> None:
    labels = bundle.namespace(make_team(), ("registry.example.com",))["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["agent-platform.dev/team"] == "shop"


def test_the_namespace_says_what_the_guardrails_allow() -> None:
    team = make_team(ceiling={"cpu": 2, "memory": "1Gi", "gpus": 1})
    annotations = bundle.namespace(team, ("a.example.com", "b.example.com"))["metadata"]["annotations"]
    assert annotations["agent-platform.dev/allowed-registries"] == "a.example.com,b.example.com"
    assert annotations["agent-platform.dev/cpu-ceiling"] == "2"
    assert annotations["agent-platform.dev/memory-ceiling"] == "1Gi"
    assert annotations["agent-platform.dev/gpu-ceiling"] == "1"


def test_a_quota_bounds_gpus_even_where_the_team_has_none() -> None:
    hard = bundle.quota(make_team())["spec"]["hard"]
    assert hard["requests.nvidia.com/gpu"] == "0"
    assert (hard["requests.cpu"], hard["requests.memory"], hard["pods"]) == ("10", "20Gi", "30")


def test_nothing_of_a_team_is_exposed_past_the_ingress() -> None:
    hard = bundle.quota(make_team())["spec"]["hard"]
    assert (hard["services.loadbalancers"], hard["services.nodeports"]) == ("0", "0")


def test_every_pod_is_closed_both_ways_by_default() -> None:
    spec = bundle.default_deny(make_team())["spec"]
    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_platform_traffic_opens_names_and_pod_identity_but_never_the_metadata_address() -> None:
    egress = bundle.platform_traffic(make_team())["spec"]["egress"]
    cidrs = [peer["ipBlock"]["cidr"] for rule in egress for peer in rule["to"] if "ipBlock" in peer]
    assert cidrs == ["169.254.170.23/32", "fd00:ec2::23/128"]
    assert {port["port"] for port in egress[0]["ports"]} == {53}


def test_platform_traffic_lets_in_namespaces_by_their_role_only() -> None:
    (rule,) = bundle.platform_traffic(make_team())["spec"]["ingress"]
    (peer,) = rule["from"]
    (expression,) = peer["namespaceSelector"]["matchExpressions"]
    assert expression["values"] == ["ingress", "monitoring", "autoscaling"]


def test_a_teams_people_only_read_and_see_no_secrets() -> None:
    rules = bundle.reader_role(make_team())["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    resources = {resource for rule in rules for resource in rule["resources"]}
    assert not resources & {"secrets", "pods/exec", "pods/attach", "*"}


def test_the_sso_group_is_bound_to_the_teams_own_role() -> None:
    binding = bundle.reader_binding(make_team())
    assert binding["subjects"][0]["name"] == "shop-people"
    assert binding["roleRef"]["kind"] == "Role"


def test_a_teams_priority_is_a_class_of_its_own() -> None:
    made = bundle.priority_class(make_team(priority=7))
    assert (made["metadata"]["name"], made["value"]) == (bundle.priority_class_name("shop"), 7)


def test_the_namespace_says_where_the_teams_data_stay() -> None:
    residency = "agent-platform.dev/residency"
    annotations = [
        bundle.namespace(team, ("registry.example.com",))["metadata"]["annotations"]
        for team in (make_team(residency="eu-central-1"), make_team())
    ]
    assert annotations[0][residency] == "eu-central-1"
    assert residency not in annotations[1]
