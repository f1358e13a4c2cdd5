"""What is in an account before its environment, as the offline provider is told."""

from local.outside import existing
from tests.components.eks.making import cluster
from tests.components.vm_fleet.making import CERTIFICATE, SECRET, everything


def test_what_fleets_name_is_there_before_them_and_once() -> None:
    zone = "Z0123456789ABCDEFGHIJ"
    listed = existing(cluster(dnsZones=[zone]), [everything(hostedZone=zone), everything(name="twin", hostedZone=zone)])
    found = [each["id"] for each in listed]
    assert sorted(set(found)) == sorted(found)
    assert {CERTIFICATE, SECRET, zone} <= set(found)
    assert {CERTIFICATE, SECRET}.isdisjoint(each["id"] for each in existing(cluster()))


def test_who_is_told_of_costs_and_what_looks_for_unusual_ones_may_be_there_before() -> None:
    topic = "arn:aws:sns:eu-central-1:123456789012:costs"
    monitor = "arn:aws:ce::123456789012:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"
    budget = {"monthlyUsd": 100, "snsTopicArn": topic, "anomalies": {"monitorArn": monitor}}
    assert {topic, monitor} <= {each["id"] for each in existing(cluster(budget=budget))}
    mailed = {"monthlyUsd": 100, "alertEmails": ["platform@example.com"]}
    assert existing(cluster(budget=mailed)) == existing(cluster())
