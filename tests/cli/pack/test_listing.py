"""The list of rules and its filters."""

from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from cli.failures import WrongUseError
from cli.pack.listing import HEAD, as_data, listed, row
from policies.rules import RULES as PACK
from tests.cli.examples import MARKED, RULES, SAFE, SMALL, UNIQUE, configuration

LEVELS = configuration().levels


def names(area: str = "", level: str = "", tag: str = "") -> set[str]:
    return {rule.name for _, rule in listed(RULES, LEVELS, area, level, tag)}


def test_all_rules_are_listed_without_a_filter() -> None:
    assert names() == {rule.name for rule in RULES}


def test_a_tag_is_found_by_how_it_or_its_part_after_a_colon_begins_in_any_case() -> None:
    assert names(tag="llm02") == names(tag="OWASP") == names(tag="CKV_K8S_16") == {"thing-small"}
    assert names(tag="cis") == {"thing-safe", "thing-marked", "stack-unique"}


@pytest.mark.parametrize("tag", ["K8S_16", "wasp", "02", "EKS", "_", ":", ":LLM02"])
def test_what_stands_inside_of_tags_finds_none(tag: str) -> None:
    with pytest.raises(WrongUseError, match="write a tag or its beginning"):
        names(tag=tag)


def test_a_level_is_that_of_the_configuration() -> None:
    assert names(level="advisory") == {"thing-small"}
    changed = configuration(thing_small=EnforcementLevel.DISABLED).levels
    assert [rule.name for _, rule in listed(RULES, changed, "", "disabled", "")] == ["thing-small"]


def test_filters_add_up() -> None:
    assert names(level="mandatory", tag="CKV_K8S_16") == set()


def test_an_area_is_the_folder_of_its_rules() -> None:
    found = listed(PACK, {rule.name: rule.level for rule in PACK}, "pods", "", "")
    assert "pod-no-privileged" in {rule.name for _, rule in found}
    assert {area for area, _ in found} == {"pods"}


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"area": "podds"}, '"podds" is no area'),
        ({"level": "mandatry"}, "Did you mean mandatory"),
        ({"tag": "nothing"}, 'no rule has the tag "nothing"'),
        ({"tag": "nothing"}, "Tags begin with CIS-EKS-1.8, CKV_K8S_, OWASP; "),
    ],
)
def test_a_filter_that_fits_nothing_is_wrong_use(filters: dict[str, str], said: str) -> None:
    with pytest.raises(WrongUseError, match=said):
        names(**filters)


def test_every_beginning_of_a_tag_that_is_named_finds_rules() -> None:
    levels = {rule.name: rule.level for rule in PACK}
    with pytest.raises(WrongUseError) as raised:
        listed(PACK, levels, "", "", "nothing at all")
    beginnings = str(raised.value).partition("begin with ")[2].partition(";")[0].split(", ")
    assert len(beginnings) > 10
    assert all(listed(PACK, levels, "", "", beginning) for beginning in beginnings)


def test_a_row_says_what_a_reader_chooses_by() -> None:
    assert len(HEAD) == len(row("things", SAFE, SAFE.level))
    assert row("things", SAFE, EnforcementLevel.REMEDIATE) == (
        *("thing-safe", "things", "remediate", "critical", "yes"),
        "What thing-safe asks.",
    )
    assert row("things", SMALL, SMALL.level)[4] == ""


def test_data_hold_all_that_a_rule_says() -> None:
    data: dict[str, Any] = as_data("things", SMALL, EnforcementLevel.DISABLED)
    assert data == {
        "name": "thing-small",
        "area": "things",
        "level": "disabled",
        "defaultLevel": "advisory",
        "severity": "low",
        "description": "What thing-small asks.",
        "why": "Why thing-small exists.",
        "fix": "Do what is asked.",
        "mends": False,
        "judges": ["resource"],
        "references": {
            "pod_security": [],
            "cis_eks": [],
            "checkov": ["CKV_K8S_16"],
            "kubescape": [],
            "kyverno": [],
            "owasp": ["LLM02"],
            "others": [],
        },
        "tags": ["CKV_K8S_16", "OWASP:LLM02"],
        "options": {
            "most": {
                "default": 3,
                "schema": {"type": "integer", "minimum": 0, "maximum": 2**31, "description": "The largest size."},
            },
            "words": {
                "default": ["a|b"],
                "schema": {"type": "array", "items": {"type": "string", "minLength": 1}, "description": "Some words."},
            },
        },
        "url": "https://example.com/small",
    }
    assert as_data("", UNIQUE, UNIQUE.level)["judges"] == ["stack"]
    assert as_data("", MARKED, MARKED.level)["mends"] is False
