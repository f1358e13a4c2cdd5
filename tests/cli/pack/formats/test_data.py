"""A report as JSON."""

import json

from cli.pack.formats.data import data
from tests.cli.examples import MANIFESTS, THING, reported


def test_a_report_is_told_whole() -> None:
    found = json.loads(data(reported(MANIFESTS + "---\na: 1\na: 1\n")))
    assert found["resources"] == 3
    assert found["rules"] == ["thing-marked", "thing-safe", "thing-small", "stack-unique"]
    assert found["summary"] == {"refused": 2, "advised": 1, "exempted": 0, "unjudged": 0}
    assert found["findings"][1] == {
        "kind": "refused",
        "rule": "thing-safe",
        "severity": "critical",
        "file": "things.yaml",
        "line": 15,
        "resource": {"type": THING, "name": "shop/bad", "urn": f"urn:pulumi:manifests::manifests::{THING}::shop/bad"},
        "message": f'{THING} "shop/bad": spec.safe is false. Fix: set spec.safe to true.',
    }
    (problem,) = found["problems"]
    assert (problem["file"], problem["line"]) == ("things.yaml", 22)
    assert found["skipped"] == []
    assert found["mended"] == 0


def test_what_is_about_all_files_has_neither_file_nor_resource() -> None:
    found = json.loads(data(reported(MANIFESTS + "---\n" + MANIFESTS)))["findings"][-1]
    assert (found["file"], found["line"], found["resource"]) == (None, None, None)
