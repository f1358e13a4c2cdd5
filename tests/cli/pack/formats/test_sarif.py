"""A report as SARIF 2.1.0. The schema here holds the standard's demands on the parts that are written."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.pack.formats.sarif import sarif, uri
from cli.pack.report import Report
from tests.cli.examples import EXEMPTION, MANIFESTS, reported

MESSAGE = {"type": "object", "required": ["text"], "additionalProperties": False}
MESSAGE |= {"properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def closed(required: str, **properties: Any) -> dict[str, Any]:
    """An object with these properties only, of which those named are required."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


def listed(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


LOCATION = closed(
    "physicalLocation",
    physicalLocation=closed(
        "artifactLocation region",
        artifactLocation=closed("uri", uri={"type": "string", "pattern": "^[!-~]+$"}),
        region=closed("startLine", startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations=listed(
        closed("name", name={"type": "string"}, fullyQualifiedName={"type": "string"}, kind={"const": "resource"})
    ),
)
RULE = closed(
    "id",
    id={"type": "string"},
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    helpUri={"type": "string", "format": "uri"},
    defaultConfiguration=closed("level", level=LEVEL),
    properties={"type": "object", "properties": {"tags": {"type": "array", "uniqueItems": True}}},
)
RESULT = closed(
    "message ruleId ruleIndex",
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    kind={"enum": ["fail", "review"]},
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    suppressions=listed(
        closed(
            "kind",
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
            justification={"type": "string"},
        )
    ),
)
NOTIFICATION = closed("message", level=LEVEL, message=MESSAGE, locations=listed(LOCATION))
INVOCATION = closed(
    "executionSuccessful",
    executionSuccessful={"type": "boolean"},
    exitCode={"type": "integer"},
    toolExecutionNotifications=listed(NOTIFICATION),
)
RUN = closed(
    "tool results",
    tool=closed("driver", driver=closed("name", name={"const": "agentctl"}, rules=listed(RULE))),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations=listed(INVOCATION),
    results=listed(RESULT),
)
SCHEMA = closed(
    "version runs",
    **{"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": listed(RUN)},
)


def run_of(report: Report) -> Any:
    written = json.loads(sarif(report))
    jsonschema.validate(written, SCHEMA)
    return written["runs"][0]


def test_rules_carry_what_a_code_host_shows() -> None:
    rules = run_of(reported())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["thing-marked", "thing-safe", "thing-small", "stack-unique"]
    assert rules[2] == {
        "id": "thing-small",
        "shortDescription": {"text": "What thing-small asks."},
        "fullDescription": {"text": "Why thing-small exists."},
        "help": {
            "text": "Why thing-small exists.\n\nFix: Do what is asked.",
            "markdown": "Why thing-small exists.\n\n**Fix:** Do what is asked.",
        },
        "helpUri": "https://example.com/small",
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["security", "CKV_K8S_16", "OWASP:LLM02"], "security-severity": "2.0"},
    }
    assert rules[1]["defaultConfiguration"] == {"level": "error"}
    assert rules[1]["properties"]["security-severity"] == "9.5"
    assert "helpUri" not in rules[1]


def test_results_point_to_their_rule_and_their_line() -> None:
    run = run_of(reported())
    first, second, third = run["results"]
    assert [(it["ruleId"], it["level"], it["kind"]) for it in (first, second, third)] == [
        ("thing-small", "warning", "fail"),
        ("thing-safe", "error", "fail"),
        ("stack-unique", "error", "fail"),
    ]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    (location,) = second["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "things.yaml"}, "region": {"startLine": 15}}
    assert location["logicalLocations"][0]["name"] == "shop/bad"
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1, "toolExecutionNotifications": []}]


def test_fingerprints_stay_when_lines_move_and_differ_between_findings() -> None:
    def prints(text: str) -> list[str]:
        return [it["partialFingerprints"]["resourceRuleMessage/v1"] for it in run_of(reported(text))["results"]]

    assert prints(MANIFESTS) == prints("# moved\n\n" + MANIFESTS)
    assert len(set(prints(MANIFESTS))) == 3


def test_an_exempted_finding_is_suppressed_with_its_reason() -> None:
    exempted = run_of(reported(config=EXEMPTION))["results"][1]
    assert exempted["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "it is on its way out"}
    ]
    assert all("suppressions" not in result for result in run_of(reported())["results"])


def test_what_could_not_be_judged_asks_for_a_review() -> None:
    urn = "urn:pulumi:dev::shop::kubernetes:example.com/v1:Thing::main"
    inputs = {"spec": {"safe": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}
    state = {"urn": urn, "type": "kubernetes:example.com/v1:Thing", "inputs": inputs}
    (result,) = run_of(reported(json.dumps({"deployment": {"resources": [state]}})))["results"]
    assert (result["kind"], result["level"]) == ("review", "none")


def test_what_could_not_be_read_is_told_with_its_place() -> None:
    (invocation,) = run_of(reported("a: 1\na: 2\n"))["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 2
    (told,) = invocation["toolExecutionNotifications"]
    assert told["level"] == "error"
    assert told["locations"][0]["physicalLocation"]["region"] == {"startLine": 2}
    assert run_of(reported("a: \x01"))["invocations"][0]["toolExecutionNotifications"]


def test_a_finding_about_all_files_has_no_place() -> None:
    result = run_of(reported(MANIFESTS + "---\n" + MANIFESTS))["results"][-1]
    assert "locations" not in result


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("a/b.yaml", "a/b.yaml"),
        ("./a b/ü#?.yaml", "a%20b/%C3%BC%23%3F.yaml"),
        ("{cwd}/c.yaml", "c.yaml"),
        ("/etc/x.yaml", "file:///etc/x.yaml"),
        ("stdin", "stdin"),
        ("\udcff.yaml", "%3F.yaml"),
    ],
)
def test_a_file_is_a_uri_relative_to_where_the_run_is(file: str, expected: str) -> None:
    assert uri(file.format(cwd=Path.cwd()) if "{" in file else file) == expected


def test_a_file_above_is_no_relative_uri() -> None:
    assert uri("../x.yaml").startswith("file:///")
