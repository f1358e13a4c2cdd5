"""How the gateway's pods become targets."""

from components.edge.binding import AUTO_MODE, target_group_binding
from components.labels import Component, labels

MARKS = labels("gateway", "gateway", Component.GUARDRAIL, "agent-platform", "1.0.0")


def test_pods_behind_a_service_join_a_target_group_by_their_own_addresses() -> None:
    made = target_group_binding("gateway", "ingress", MARKS, service="envoy", port=443, target_group_arn="arn:tg")
    assert (made["apiVersion"], made["kind"]) == ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
    assert made["metadata"]["namespace"] == "ingress"
    assert made["metadata"]["labels"] == MARKS
    assert made["spec"] == {
        "serviceRef": {"name": "envoy", "port": 443},
        "targetGroupARN": "arn:tg",
        "targetType": "ip",
    }


def test_auto_mode_has_a_resource_of_its_own() -> None:
    made = target_group_binding(
        "gateway", "ingress", MARKS, service="envoy", port="https", target_group_arn="arn:tg", api_version=AUTO_MODE
    )
    assert made["apiVersion"] == "eks.amazonaws.com/v1"
