"""How Prometheus finds the machines of a fleet."""

import re

from components.vm_fleet.scraping import FLEET_TAG, scrape_config
from tests.components.vm_fleet.making import settings


def test_running_machines_are_found_by_their_tag_for_both_metrics() -> None:
    agent, machine = scrape_config(settings(port=8081), "eu-west-1")["ec2SDConfigs"]
    assert (agent["port"], machine["port"]) == (8081, 9100)
    assert agent["region"] == machine["region"] == "eu-west-1"
    assert agent["filters"] == machine["filters"]
    assert {each["name"]: each["values"] for each in agent["filters"]} == {
        f"tag:{FLEET_TAG}": ["recommender"],
        "instance-state-name": ["running"],
    }


def test_a_port_tells_the_job() -> None:
    jobs = [each for each in scrape_config(settings(), "eu-west-1")["relabelings"] if each["targetLabel"] == "job"]
    found = {
        port: [job["replacement"] for job in jobs if re.fullmatch(job["regex"], f"10.0.0.1:{port}")]
        for port in (8080, 9100)
    }
    assert found == {8080: ["agent"], 9100: ["node-exporter"]}


def test_metrics_tell_fleet_machine_and_zone() -> None:
    labels = {each["targetLabel"] for each in scrape_config(settings(), "eu-west-1")["relabelings"]}
    assert labels == {"fleet", "job", "instance", "zone", "instance_type"}
