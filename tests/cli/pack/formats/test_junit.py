"""A report as JUnit XML."""

from xml.etree import ElementTree as Xml

from cli.pack.formats.junit import junit
from cli.pack.report import Report
from tests.cli.examples import EXEMPTION, MANIFESTS, THING, reported


def root(report: Report) -> Xml.Element:
    return Xml.fromstring(junit(report))  # noqa: S314 - it was written a moment ago


def cases(report: Report) -> list[tuple[str, str, str]]:
    found = []
    for case in root(report).iter("testcase"):
        outcome = case[0].tag if len(case) else "passed"
        found.append((case.get("classname", ""), case.get("name", ""), outcome))
    return found


def test_every_rule_that_judged_a_resource_is_a_case() -> None:
    assert cases(reported()) == [
        (f"{THING} good", "thing-safe", "passed"),
        (f"{THING} good", "thing-small", "passed"),
        (f"{THING} shop/bad", "thing-safe", "failure"),
        (f"{THING} shop/bad", "thing-small", "skipped"),
        ("kubernetes:core/v1:ConfigMap good", "stack-unique", "failure"),
        ("all resources together", "stack-unique", "passed"),
    ]


def test_suites_and_the_whole_count_their_cases() -> None:
    whole = root(reported())
    counted = [
        tuple(suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")) for suite in (whole, *whole)
    ]
    assert counted == [
        ("agentctl policies test", "6", "2", "0", "1"),
        (f"{THING} good", "2", "0", "0", "0"),
        (f"{THING} shop/bad", "2", "1", "0", "1"),
        ("kubernetes:core/v1:ConfigMap good", "1", "1", "0", "0"),
        ("all resources together", "1", "0", "0", "0"),
    ]


def test_a_failure_says_what_was_found_where_and_why_it_matters() -> None:
    case = next(case for case in root(reported()).iter("testcase") if case.find("failure") is not None)
    assert (case.get("file"), case.get("line")) == ("things.yaml", "15")
    failure = case[0]
    message = f'mandatory: {THING} "shop/bad": spec.safe is false. Fix: set spec.safe to true.'
    assert (failure.get("type"), failure.get("message")) == ("critical", message)
    assert failure.text == f"{message}\n\nWhy thing-safe exists."


def test_a_passed_case_has_the_line_of_its_resource() -> None:
    case = next(root(reported()).iter("testcase"))
    assert (case.get("file"), case.get("line")) == ("things.yaml", "1")


def test_an_exempted_finding_is_skipped_with_its_message() -> None:
    case = next(case for case in root(reported(config=EXEMPTION)).iter("testcase") if len(case))
    assert case[0].tag == "skipped"
    assert (case[0].get("message") or "").startswith("exempted: ")


def test_what_could_not_be_read_is_an_error() -> None:
    found = root(reported(MANIFESTS + "---\na: 1\na: 2\n"))
    assert found.get("errors") == "1"
    (error,) = found.iter("error")
    assert "twice" in (error.get("message") or "")
    assert cases(reported("a: 1\na: 2\n"))[-1] == ("things.yaml", "line 2", "error")


def test_what_xml_forbids_is_escaped() -> None:
    hostile = MANIFESTS.replace("name: bad", 'name: "\\u0001\\ufffe<&]]>"')
    assert "shop/\\x01" in junit(reported(hostile, file="\x00.yaml"))
    assert root(reported(hostile, file="\x00.yaml")) is not None


def test_a_finding_about_all_files_fails_their_own_case() -> None:
    assert cases(reported(MANIFESTS + "---\n" + MANIFESTS))[-1] == (
        "all resources together",
        "stack-unique",
        "failure",
    )
