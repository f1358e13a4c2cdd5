"""What a machine does at its first start: what it installs, runs and tells, and what it never holds."""

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components.config.vm_fleet import MOST_OWN_BYTES, VmFleetSettings
from components.vm_fleet.machines.user_data import MOST_BYTES, user_data
from tests.components.aws_recording import REGION
from tests.components.vm_fleet.making import (
    AGENT,
    AUTHORITY,
    FILEBEAT,
    NODE_EXPORTER,
    REGISTRY,
    SECRET,
    everything,
    logstash,
    settings,
)

UNITS = "/etc/systemd/system"


def document(fleet: VmFleetSettings) -> dict[str, Any]:
    """Return user data as cloud-init reads it."""
    found: dict[str, Any] = yaml.safe_load(user_data(fleet, REGION))
    return found


def files(fleet: VmFleetSettings) -> dict[str, str]:
    return {each["path"]: each["content"] for each in document(fleet)["write_files"]}


def command(fleet: VmFleetSettings, service: str) -> list[str]:
    """Return the words of the command that a unit runs."""
    unit = files(fleet)[f"{UNITS}/{service}.service"].replace("\\\n", " ")
    (line,) = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    return line.removeprefix("ExecStart=").split()


def test_docker_and_the_login_for_ecr_are_installed_and_every_unit_is_started() -> None:
    found = document(everything())
    assert found["packages"] == ["docker", "amazon-ecr-credential-helper"]
    started = [words[-1] for words in found["runcmd"]]
    assert started == ["daemon-reload", "docker", "node-exporter", "filebeat", "agent"]
    units = {Path(each["path"]).stem for each in found["write_files"] if each["path"].startswith(UNITS)}
    assert units == set(started[2:])


def test_ecr_alone_is_logged_in_to() -> None:
    login = json.loads(files(everything())["/etc/vm-fleet/docker/config.json"])
    assert login == {"credHelpers": {REGISTRY: "ecr-login"}}


@pytest.mark.parametrize(
    ("service", "image"), [("agent", AGENT), ("node-exporter", NODE_EXPORTER), ("filebeat", FILEBEAT)]
)
def test_every_container_runs_by_digest_confined_and_for_ever(service: str, image: str) -> None:
    words = command(everything(), service)
    assert words[:2] == ["/usr/bin/docker", "run"]
    assert image in words
    assert {"--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"} <= set(words)
    unit = files(everything())[f"{UNITS}/{service}.service"]
    assert "\nRestart=always\n" in unit
    assert "\nStartLimitIntervalSec=0\n" in unit


def test_the_agent_is_no_root_and_leaves_the_machine_some_memory() -> None:
    words = command(everything(), "agent")
    assert "--user=10001:10001" in words
    assert "--publish=8080:8080" in words
    assert "--network=host" not in words
    assert "--memory=3276m" in words
    assert "--memory=7065m" in command(everything(instanceType="t3.large"), "agent")


def test_the_agent_may_finish_its_longest_answer() -> None:
    unit = files(everything(longestRequestSeconds=600))[f"{UNITS}/agent.service"]
    assert "docker stop -t 600 agent" in unit
    assert "TimeoutStopSec=610" in unit


def test_the_agents_environment_is_a_variable_a_line() -> None:
    environment = files(everything(config={"GREETING": "100 % $HOME 'x'"}))["/etc/vm-fleet/environment"]
    assert environment.splitlines() == ["AGENT_NAME=recommender", "GREETING=100 % $HOME 'x'", "PORT=8080"]


def test_the_machines_metrics_are_where_prometheus_may_ask() -> None:
    words = command(everything(), "node-exporter")
    assert {"--network=host", "--path.rootfs=/host", "--web.listen-address=:9100"} <= set(words)


def test_logs_go_to_logstash_by_tls_and_to_nowhere_else() -> None:
    shipper = yaml.safe_load(files(everything())["/etc/vm-fleet/filebeat.yml"])
    assert list(shipper["output"]) == ["logstash"]
    output = shipper["output"]["logstash"]
    assert output["hosts"] == ["logstash.example.com:5044"]
    assert (output["ssl"]["enabled"], output["ssl"]["verification_mode"]) == (True, "full")
    (authority,) = output["ssl"]["certificate_authorities"]
    assert files(everything())[authority] == AUTHORITY
    assert f"--volume={authority}:{authority}:ro" in command(everything(), "filebeat")


def test_a_well_known_authority_needs_no_file() -> None:
    without = files(everything(logstash=logstash(authority=None)))
    assert "/etc/vm-fleet/logstash-ca.pem" not in without
    ssl = yaml.safe_load(without["/etc/vm-fleet/filebeat.yml"])["output"]["logstash"]["ssl"]
    assert "certificate_authorities" not in ssl
    assert ssl["verification_mode"] == "full"


def test_filebeat_reads_where_docker_writes_the_agents_log_and_no_other() -> None:
    (source,) = yaml.safe_load(files(everything())["/etc/vm-fleet/filebeat.yml"])["filebeat"]["inputs"]
    assert source["paths"] == ["/logs/*/*-json.log"]
    assert source["parsers"] == [{"container": {"stream": "all", "format": "docker"}}]
    assert "--volume=/var/lib/docker/containers:/logs:ro" in command(everything(), "filebeat")
    assert "--log-driver=json-file" in command(everything(), "agent")
    assert all("--log-driver=none" in command(everything(), each) for each in ("filebeat", "node-exporter"))


def test_where_the_machine_image_brings_the_agent_only_those_who_watch_are_added() -> None:
    fleet = settings(image=None)
    assert f"{UNITS}/agent.service" not in files(fleet)
    (source,) = yaml.safe_load(files(fleet)["/etc/vm-fleet/filebeat.yml"])["filebeat"]["inputs"]
    assert source["paths"] == ["/logs/*.log"]
    assert "parsers" not in source
    assert "--volume=/var/log/agent:/logs:ro" in command(fleet, "filebeat")


def test_secrets_are_fetched_before_each_start_and_shown_to_the_agent_alone() -> None:
    unit = files(everything())[f"{UNITS}/agent.service"]
    assert unit.index("ExecStartPre=/etc/vm-fleet/fetch-secrets") < unit.index("ExecStart=")
    assert "--volume=/run/vm-fleet-secrets:/run/secrets:ro" in command(everything(), "agent")
    assert "/etc/vm-fleet/fetch-secrets" not in files(settings())
    assert "/etc/vm-fleet/fetch-secrets" not in files(settings(image=None, secrets={"model-api": SECRET}))
    assert "/run/vm-fleet-secrets" not in files(settings())[f"{UNITS}/agent.service"]


def test_only_root_reads_the_files_and_the_script_can_be_run() -> None:
    modes = {each["path"]: each["permissions"] for each in document(everything())["write_files"]}
    assert modes.pop("/etc/vm-fleet/fetch-secrets") == "0700"
    assert {mode for path, mode in modes.items() if path.startswith(UNITS)} == {"0644"}
    assert {mode for path, mode in modes.items() if not path.startswith(UNITS)} == {"0600"}


def test_the_script_writes_a_secret_as_it_is_to_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    tools, secrets = tmp_path / "bin", tmp_path / "secrets"
    tools.mkdir()
    stand_in(tools / "aws", 'echo "$@" >>"$CALLS"; printf "%s\\n" "s3cr3t %s \\\\n"')
    stand_in(tools / "chown", 'echo "chown $@" >>"$CALLS"')
    script = files(everything())["/etc/vm-fleet/fetch-secrets"].replace("/run/vm-fleet-secrets", str(secrets))
    calls = tmp_path / "calls"
    run = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "CALLS": str(calls)}
    subprocess.run(["sh", "-c", script], env=run, check=True)
    written = secrets / "model-api"
    assert written.read_text() == "s3cr3t %s \\n"
    assert stat.S_IMODE(written.stat().st_mode) == 0o400
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    asked, *owned = calls.read_text().splitlines()
    assert f"--region {REGION} --secret-id {SECRET}" in asked
    assert owned == [f"chown 10001:10001 {written}", f"chown 10001:10001 {secrets}"]


def test_the_agent_does_not_start_where_a_secret_can_not_be_read(tmp_path: Path) -> None:
    stand_in(tmp_path / "aws", "exit 254")
    script = files(everything())["/etc/vm-fleet/fetch-secrets"].replace("/run/", f"{tmp_path}/")
    run = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert subprocess.run(["sh", "-c", script], env=run, check=False).returncode == 254


def test_where_nobody_watches_the_agent_alone_is_started() -> None:
    fleet = everything(prometheus=None, logstash=None)
    assert [words[-1] for words in document(fleet)["runcmd"]] == ["daemon-reload", "docker", "agent"]
    assert not [path for path in files(fleet) if "filebeat" in path or "logstash" in path]


def test_a_machine_image_that_brings_everything_is_told_nothing() -> None:
    assert document(settings(image=None, prometheus=None, logstash=None)) == {}


def test_the_most_that_people_may_write_fits_into_user_data() -> None:
    frame = len("-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----")
    secret = {f"secret-{number:02}": SECRET for number in range(20)}
    base = everything(
        name="f" * 20,
        secrets=secret,
        instanceType="r7i.48xlarge",
        longestRequestSeconds=3600,
        logstash=logstash(host=f"{'l' * 60}.{'o' * 60}.{'g' * 60}.example.com"),
    )
    left = MOST_OWN_BYTES - len(json.dumps([base.plain()["config"], base.plain()["secrets"], ""])) - frame - 10
    authority = f"-----BEGIN CERTIFICATE-----\n{'x' * left}\n-----END CERTIFICATE-----"
    widest = {**base.plain(), "logstash": {**base.plain()["logstash"], "authority": authority}}
    fleet = VmFleetSettings.model_validate(widest)
    assert MOST_OWN_BYTES < len(user_data(fleet, REGION)) <= MOST_BYTES
    with pytest.raises(ValidationError, match="bytes of the machines' user data"):
        VmFleetSettings.model_validate({**widest, "config": {"LEVEL": "x" * 100}})


def stand_in(path: Path, body: str) -> None:
    """Write a program that stands in for another."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
