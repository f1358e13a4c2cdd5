"""What is refused of a fleet's settings, and what is filled in."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.config.model import RefusedError
from components.config.problems import shown
from components.config.vm_fleet import CpuLoad, RequestLoad, VmFleetSettings
from tests.components.vm_fleet.making import AGENT, SECRET, everything, logstash, settings, written


def refusals(**changes: Any) -> list[tuple[str, RefusedError]]:
    """Return every refusal with the dotted path that it is about."""
    with pytest.raises(ValidationError) as caught:
        VmFleetSettings.model_validate(written(**changes))
    return [
        (".".join(str(key) for key in error["loc"]), error["ctx"]["error"])
        for error in caught.value.errors()
        if "ctx" in error and "error" in error["ctx"]
    ]


def refusal(**changes: Any) -> tuple[str, RefusedError]:
    (found,) = refusals(**changes)
    return found


def test_the_example_is_taken_as_it_is_written() -> None:
    fleet = settings()
    assert (fleet.instance_type, fleet.machines.least, fleet.machines.most) == ("t3.medium", 2, 10)
    assert (fleet.health.path, fleet.health.grace_seconds) == ("/health", 300)
    assert fleet.load == CpuLoad.model_validate({"kind": "cpu", "percent": 60})
    assert (fleet.internal, fleet.redirect_http, fleet.access_log_days) == (True, True, 365)
    assert fleet.refresh.min_healthy_percent == 100


def test_a_fleet_reads_back_from_what_it_writes() -> None:
    fleet = everything(load={"kind": "requests", "perMinute": 600})
    assert isinstance(fleet.load, RequestLoad)
    assert VmFleetSettings.model_validate(fleet.plain()) == fleet


@pytest.mark.parametrize(
    ("changes", "path", "reason", "fix"),
    [
        ({"name": "a" * 21}, "name", "21 characters", "20 characters"),
        ({"name": "internal-tools"}, "name", "keeps for itself", "leave internal- out"),
        ({"name": "Recommender"}, "name", "not a DNS label", "lower-case"),
        ({"instanceType": "t3.medum"}, "instanceType", "no instance type", "t3.medium"),
        ({"instanceType": "g6.xlarge"}, "instanceType", "GPUs", "GPU node group"),
        ({"ami": "al2023"}, "ami", "not the id of a machine image", "aws ssm get-parameter"),
        ({"image": "registry.example.com/agent:1.0"}, "image", "a tag can point to other code", "@sha256:"),
        ({"logstash": logstash(filebeatImage="filebeat")}, "logstash.filebeatImage", "a tag can point", "@sha256:"),
        ({"prometheus": {"nodeExporterImage": "a:1"}}, "prometheus.nodeExporterImage", "a tag can point", "@sha256:"),
        ({"logstash": logstash(host="logstash")}, "logstash.host", "not a domain name", "lower case"),
        ({"team": "Storefront"}, "team", "not a DNS label", "lower-case"),
        ({"config": {f"V{n}": "x" * 1000 for n in range(9)}}, "", "user data", "shorten"),
        ({"machines": {"least": 3, "most": 2}}, "machines", "most is 2, less than least, 3", "raise most"),
        ({"health": {"path": "health"}}, "health.path", "not a URL's path", "/health"),
        ({"certificateArn": "arn:aws:iam::1:x"}, "certificateArn", "not the ARN of a certificate", "aws acm"),
        ({"domain": "Recommender"}, "domain", "not a domain name", "lower case"),
        ({"hostedZone": "example.com"}, "hostedZone", "not the id of a hosted zone", "aws route53"),
        ({"clients": []}, "", "nobody could call", "at least one range"),
        ({"clients": ["10.0.0.1"]}, "clients.0", "not where a range begins", "10.0.0.1/16"),
        ({"clients": ["203.0.113.0/24"]}, "", "203.0.113.0/24", "internal: false"),
        ({"clients": ["10.0.0.0/8"], "internal": False}, "", "10.0.0.0/8", "internal: true"),
        ({"clients": ["203.0.0.0/15"], "internal": False}, "", "port 80", "redirectHttp: false"),
        ({"httpsTo": []}, "", "could not even fetch their image", "at least one range"),
        ({"port": 9100}, "", "its own metrics", "8080"),
        ({"secrets": {"a/b": SECRET}}, "secrets.a/b.[key]", "name of a file", "api-key"),
        ({"config": {"level": "info"}}, "config.level.[key]", "environment variable", "LOG_LEVEL"),
        ({"config": {"LEVEL": "a\nb"}}, "config.LEVEL", "more than one line", "one line"),
        ({"config": {"PORT": "80"}}, "", "config sets PORT", "remove it"),
        ({"image": None, "config": {"LEVEL": "a"}}, "", "config is a container's environment", "add image"),
    ],
)
def test_what_could_not_work_is_refused_with_the_fix(changes: Any, path: str, reason: str, fix: str) -> None:
    where, found = refusal(**changes)
    assert where == path
    assert reason in found.reason
    assert fix in found.fix


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"machines": {"least": 0, "most": 2}}, "machines.least"),
        ({"port": 80}, "port"),
        ({"health": {"graceSeconds": 5}}, "health.graceSeconds"),
        ({"load": {"kind": "cpu", "percent": 100}}, "load.cpu.percent"),
        ({"load": {"kind": "memory"}}, "load"),
        ({"refresh": {"minHealthyPercent": 101}}, "refresh.minHealthyPercent"),
        ({"accessLogDays": 30}, "accessLogDays"),
        ({"diskGi": 4}, "diskGi"),
        ({"longestRequestSeconds": 0}, "longestRequestSeconds"),
        ({"keyPair": "me"}, "keyPair"),
    ],
)
def test_numbers_out_of_range_and_unknown_keys_are_refused(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        VmFleetSettings.model_validate(written(**changes))
    assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == [path]


def test_a_secret_that_was_written_in_place_of_its_arn_is_not_repeated() -> None:
    value = "correct-horse-battery-staple"
    path, found = refusal(secrets={"api": value})
    assert path == "secrets.api"
    assert "never write a value" in found.fix
    assert value not in found.reason + found.fix


@pytest.mark.parametrize("text", ["-----BEGIN PRIVATE KEY-----\nabc", "abc", "-----BEGIN CERTIFICATE-----\nabc"])
def test_an_authority_is_a_certificate_and_what_is_none_is_not_repeated(text: str) -> None:
    path, found = refusal(logstash=logstash(authority=text))
    assert path == "logstash.authority"
    assert "never a private key" in found.fix
    assert "abc" not in found.reason + found.fix
    assert shown(path, text) == "(hidden)"


def test_all_that_is_wrong_comes_at_once() -> None:
    found = refusals(ami="al2023", machines={"least": 3, "most": 2}, clients=["203.0.113.0/24"], domain="x")
    assert {path for path, _ in found} == {"ami", "machines", "", "domain"}


def test_the_whole_internet_may_call_where_plain_http_is_not_answered() -> None:
    fleet = settings(clients=["0.0.0.0/0"], internal=False, redirectHttp=False)
    assert fleet.clients == ("0.0.0.0/0",)


def test_a_companys_own_public_range_is_not_the_whole_internet() -> None:
    fleet = settings(clients=["203.0.0.0/16"], internal=False)
    assert fleet.redirect_http is True


def test_the_order_of_ranges_and_twins_make_no_difference() -> None:
    assert settings(clients=["10.1.0.0/16", "10.0.0.0/16", "10.1.0.0/16"]) == settings(
        clients=["10.0.0.0/16", "10.1.0.0/16"]
    )


def test_the_machine_image_alone_may_bring_the_agent() -> None:
    assert settings(image=None).image is None
    assert settings().image == AGENT
