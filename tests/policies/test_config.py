"""Options and exemptions of the pack's configuration."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from policies.config import ConfigError, parse
from policies.rules import RULES
from tests.policies.manifests import TODAY

RULE = "pod-no-privileged"
EXEMPTION = {
    "resource": "kubernetes:apps/v1:DaemonSet::log-collector",
    "reason": "reads the node's own logs",
    "expires": "2026-12-31",
}


def errors(config: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as refused:
        parse(config, RULES, today=TODAY)
    return str(refused.value)


def test_an_exemption_is_read_whole() -> None:
    (found,) = parse({RULE: {"exemptions": [EXEMPTION]}}, RULES, today=TODAY)[RULE].exemptions
    assert (found.resource, found.reason) == (EXEMPTION["resource"], EXEMPTION["reason"])
    assert found.expires == datetime.date(2026, 12, 31)


def test_an_exemption_holds_on_its_last_day_and_is_refused_on_the_next() -> None:
    last = {RULE: {"exemptions": [{**EXEMPTION, "expires": "2026-11-21"}]}}
    assert len(parse(last, RULES, today=TODAY)[RULE].exemptions) == 1
    gone = errors({RULE: {"exemptions": [{**EXEMPTION, "expires": "2026-11-20"}]}})
    assert "log-collector" in gone
    assert "expired on 2026-11-20 and today is 2026-11-21" in gone
    assert "Fix: fix the resource and remove the exemption" in gone


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"resource": "*"}, "names no single resource"),
        ({"resource": "kubernetes:apps/v1:DaemonSet::*"}, "names no single resource"),
        ({"resource": "log-collector"}, "names no single resource"),
        ({"resource": 3}, "resource is not a string"),
        ({"reason": "because"}, "says too little"),
        ({"reason": "                "}, "says too little"),
        ({"expires": "soon"}, "is not a date"),
        ({"expires": "2026-02-30"}, "is not a date"),
        ({"expires": "20261231"}, "is not a date"),
        ({"expires": None}, "expires is not a string"),
        ({"rule": "x"}, "is not a key of an exemption"),
    ],
)
def test_a_malformed_exemption_is_refused_with_its_place(change: dict[str, object], said: str) -> None:
    text = errors({RULE: {"exemptions": [EXEMPTION, {**EXEMPTION, **change}]}})
    assert f"{RULE}: exemptions[1]: " in text
    assert said in text
    assert "Fix: " in text


@pytest.mark.parametrize("key", ["resource", "reason", "expires"])
def test_each_part_of_an_exemption_is_demanded(key: str) -> None:
    rest = {name: value for name, value in EXEMPTION.items() if name != key}
    assert f"{key} is missing" in errors({RULE: {"exemptions": [rest]}})


@pytest.mark.parametrize("listed", ["all", {}, 1, None, True])
def test_exemptions_that_are_no_list_are_refused(listed: object) -> None:
    assert "exemptions is not a list" in errors({RULE: {"exemptions": listed}})


@pytest.mark.parametrize("item", ["x", None, 3, []])
def test_an_exemption_that_is_no_object_is_refused(item: object) -> None:
    assert "is not an object" in errors({RULE: {"exemptions": [item]}})


def test_a_rule_that_does_not_exist_is_refused_with_the_nearest() -> None:
    text = errors({"pod-no-privilegd": {}})
    assert '"pod-no-privilegd" is not a rule of this pack' in text
    assert "did you mean pod-no-privileged" in text
    assert "`agentctl policies list`" in errors({"xyz": {}})


def test_an_option_that_a_rule_does_not_have_is_refused() -> None:
    assert '"kubernetesVersion" is not an option' in errors({RULE: {"kubernetesVersion": "1.35"}})
    assert "can't be set for every rule at once" in errors({"all": {"kubernetesVersion": "1.35"}})


@pytest.mark.parametrize("version", ["1.24", "1.38", "2.0", "1", "", "latest", 1.35, None, []])
def test_a_version_that_the_rules_do_not_know_is_refused(version: object) -> None:
    assert "is not a supported version" in errors({"pod-selinux": {"kubernetesVersion": version}})


@pytest.mark.parametrize("version", ["1.25", "v1.35", "1.37"])
def test_versions_that_the_rules_know_are_taken(version: str) -> None:
    parse({"pod-selinux": {"kubernetesVersion": version}}, RULES, today=TODAY)


def test_all_errors_come_in_one_report() -> None:
    text = errors({"nope": {}, RULE: {"exemptions": [{}], "other": 1}, "pod-selinux": {"kubernetesVersion": "0"}})
    assert text.count("\n  - ") == 6


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_the_configuration_of_each_environment_is_valid(environment: str) -> None:
    path = Path(__file__).parents[2] / "policies" / f"config.{environment}.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    parse(
        {
            name: {key: value for key, value in rule.items() if key != "enforcementLevel"}
            for name, rule in config.items()
        },
        RULES,
        today=TODAY,
    )
