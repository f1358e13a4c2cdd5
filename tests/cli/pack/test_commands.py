"""`agentctl policies` as people and pipelines run it."""

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from cli.pack import configuration
from policies.rules import RULES
from tests.cli.conftest import Agentctl

ONLY = ("--rule", "pod-no-privileged")
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: app
      image: x
      securityContext:
        privileged: %s
"""
LINE = (
    '%s:9: mandatory: pod-no-privileged: kubernetes:core/v1:Pod "web": container "app" (spec.containers[0]): '
    "securityContext.privileged is true. Fix: set securityContext.privileged to false or remove it.\n"
    "1 resource of 1 file judged by 1 rule: 1 refused, 0 advised, 0 exempted, 0 not judged\n"
)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.yaml"
    path.write_text(POD % "true")
    return path


def test_rules_are_listed_as_lines_and_as_json(agentctl: Agentctl) -> None:
    run = agentctl("policies", "list")
    assert run.code == 0
    assert len(run.out.splitlines()) == len(RULES) + 1
    assert agentctl("policies", "list", "--json").data[0].keys() >= {"name", "area", "level", "why", "fix", "options"}


def test_rules_are_listed_by_area_level_and_standard(agentctl: Agentctl) -> None:
    found = agentctl("policies", "list", "--area", "pods", "--standard", "CKV_K8S_16", "--json").data
    assert [rule["name"] for rule in found] == ["pod-no-privileged"]
    assert agentctl("policies", "list", "--level", "high").code == 2


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_tag_that_no_rule_has_is_wrong_use(form: tuple[str, ...], agentctl: Agentctl) -> None:
    run = agentctl("policies", "list", "--tag", "no such tag", *form)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith('error: no rule has the tag "no such tag". Fix: write a tag')


def test_filters_that_no_rule_passes_together_are_told_so(agentctl: Agentctl) -> None:
    filters = ("--area", "pods", "--tag", "CKV_AWS_8")
    run = agentctl("policies", "list", *filters)
    assert (run.code, run.out) == (0, "")
    assert run.err == "No rule passes all of these filters. Fix: leave one out.\n"
    assert agentctl("policies", "list", *filters, "--json").data == []


def test_levels_are_those_of_the_configuration_that_is_named(agentctl: Agentctl, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"pod-no-privileged": "advisory"}')
    found = agentctl("policies", "explain", "pod-no-privileged", "--config", config, "--json").data
    assert (found["level"], found["defaultLevel"]) == ("advisory", "mandatory")
    listed = agentctl("policies", "list", "-c", config, "--level", "advisory", "--json").data
    assert "pod-no-privileged" in [rule["name"] for rule in listed]


def test_a_rule_is_explained(agentctl: Agentctl) -> None:
    run = agentctl("policies", "explain", "pod-no-privileged")
    assert run.code == 0
    assert run.out.startswith("pod-no-privileged\n")
    assert "CKV_K8S_16" in run.out


def test_a_manifest_that_passes_ends_with_0(agentctl: Agentctl, tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(POD % "false")
    run = agentctl("policies", "test", path, *ONLY)
    assert (run.code, run.err) == (0, "")
    assert run.out == "1 resource of 1 file judged by 1 rule: 0 refused, 0 advised, 0 exempted, 0 not judged\n"


def test_a_manifest_that_is_refused_ends_with_1(agentctl: Agentctl, bad: Path) -> None:
    run = agentctl("policies", "test", bad, *ONLY)
    assert (run.code, run.err) == (1, "")
    assert run.out == LINE % bad


def test_standard_input_is_judged(agentctl: Agentctl) -> None:
    run = agentctl("policies", "test", "-", *ONLY, stdin=POD % "true")
    assert (run.code, run.out) == (1, LINE % "stdin")


def test_what_can_be_read_is_judged_and_the_rest_ends_with_2(agentctl: Agentctl, bad: Path) -> None:
    run = agentctl("policies", "test", bad, bad.parent / "none.yaml", *ONLY)
    assert (run.code, run.out) == (2, LINE % bad)
    reason = "it can't be read: No such file or directory. Fix: check name and permissions."
    assert run.err == f"{bad.parent}/none.yaml: error: {reason}\n"


def test_a_folder_is_judged_and_says_what_it_left_out(agentctl: Agentctl, bad: Path) -> None:
    (bad.parent / "values.yaml").write_text("replicas: 1\n")
    run = agentctl("policies", "test", bad.parent, *ONLY)
    assert (run.code, run.out) == (1, LINE % bad)
    assert run.err == f"{bad.parent}/values.yaml:1: not judged: it is no Kubernetes object and no stack\n"


def test_nothing_to_judge_ends_with_2(agentctl: Agentctl, tmp_path: Path) -> None:
    run = agentctl("policies", "test", "-", stdin="# nothing\n")
    assert run.code == 2
    assert run.err == "error: nothing to judge was found.\n"
    assert agentctl("policies", "test", tmp_path).code == 2


def test_the_configuration_is_that_of_prod_unless_one_is_named(
    agentctl: Agentctl, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "FOLDER", bad.parent)
    for name, level in (("prod", "mandatory"), ("dev", "advisory"), ("other", "disabled")):
        (bad.parent / f"config.{name}.json").write_text(json.dumps({"pod-no-privileged": level}))
    assert agentctl("policies", "test", bad, *ONLY).code == 1
    dev = agentctl("policies", "test", bad, *ONLY, "--environment", "dev")
    assert (dev.code, ": advisory: " in dev.out) == (0, True)
    other = agentctl("policies", "test", bad, *ONLY, "--config", bad.parent / "config.other.json")
    assert (other.code, "is disabled in" in other.err) == (2, True)
    assert agentctl("policies", "test", bad, "-e", "dev", "-c", bad.parent / "config.dev.json").code == 2
    assert agentctl("policies", "test", bad, "-e", "staging").code == 2


def test_a_wrong_configuration_or_rule_ends_with_2(agentctl: Agentctl, bad: Path) -> None:
    bad.with_name("c.json").write_text('{"$schema": "x"}')
    assert agentctl("policies", "test", bad, "-c", bad.with_name("c.json")).code == 2
    run = agentctl("policies", "test", bad, "--rule", "pod-no-privilegd")
    assert (run.code, "Did you mean pod-no-privileged" in run.err) == (2, True)
    assert agentctl("policies", "test", bad, "--format", "xml").code == 2


def test_reports_come_in_every_form(agentctl: Agentctl, bad: Path) -> None:
    assert agentctl("policies", "test", bad, *ONLY, "--format", "json").data["summary"]["refused"] == 1
    assert len(agentctl("policies", "test", bad, *ONLY, "--format", "sarif").data["runs"][0]["results"]) == 1
    junit = Xml.fromstring(agentctl("policies", "test", bad, *ONLY, "--format", "junit").out)  # noqa: S314
    assert junit.get("failures") == "1"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_a_report_is_written_to_a_file_beside_the_summary(agentctl: Agentctl, bad: Path, form: str) -> None:
    whole = agentctl("policies", "test", bad, *ONLY, "-f", form)
    target = bad.with_name("report")
    run = agentctl("policies", "test", bad, *ONLY, "-f", form, "-o", target)
    assert run.code == 1
    assert run.out == (LINE % bad).splitlines(keepends=True)[1]
    assert target.read_text() == whole.out


def test_a_report_that_cannot_be_written_ends_with_2(agentctl: Agentctl, bad: Path) -> None:
    run = agentctl("policies", "test", bad, *ONLY, "-o", bad.parent / "none" / "report")
    assert (run.code, "can't be written: No such file or directory" in run.err) == (2, True)


def test_mended_manifests_are_written_and_judged(agentctl: Agentctl, bad: Path) -> None:
    target = bad.with_name("mended.yaml")
    run = agentctl("policies", "test", bad, *ONLY, "--fix", target)
    assert run.code == 0
    assert run.out.endswith("0 not judged, 1 mended\n")
    assert "privileged: false" in target.read_text()
    assert agentctl("policies", "test", target, *ONLY).code == 0


def test_mended_manifests_on_standard_output_leave_the_report_to_standard_error(agentctl: Agentctl, bad: Path) -> None:
    run = agentctl("policies", "test", bad, *ONLY, "--fix", "-")
    assert run.out.startswith("---\napiVersion: v1\nkind: Pod\n")
    assert run.err.endswith("1 mended\n")
    both = agentctl("policies", "test", bad, *ONLY, "--fix", "-", "-f", "json")
    assert (both.code, "can't both go to standard output" in both.err) == (2, True)
    report = bad.with_name("report.json")
    assert agentctl("policies", "test", bad, *ONLY, "--fix", "-", "-f", "json", "-o", report).code == 0
    assert json.loads(report.read_text())["mended"] == 1


def test_a_stack_is_not_mended(agentctl: Agentctl, bad: Path) -> None:
    urn = "urn:pulumi:dev::shop::kubernetes:core/v1:Pod::web"
    state = {"urn": urn, "type": "kubernetes:core/v1:Pod", "inputs": {}}
    stack = bad.with_name("stack.json")
    stack.write_text(json.dumps({"deployment": {"resources": [state]}}))
    run = agentctl("policies", "test", stack, "--fix", "-")
    assert (run.code, "--fix mends manifests, and this is a stack" in run.err) == (2, True)


def test_nothing_is_mended_where_something_could_not_be_read(agentctl: Agentctl, bad: Path) -> None:
    target = bad.with_name("mended.yaml")
    run = agentctl("policies", "test", bad, bad.with_name("none.yaml"), *ONLY, "--fix", target)
    assert run.code == 2
    assert "nothing is mended" in run.err
    assert not target.exists()


def test_a_secret_of_a_stack_is_never_printed(agentctl: Agentctl, tmp_path: Path) -> None:
    hidden = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hunter2"'}
    pod = {"containers": [{"name": hidden, "securityContext": {"privileged": hidden}}]}
    urn = "urn:pulumi:dev::shop::kubernetes:core/v1:Pod::web"
    state = {"urn": urn, "type": "kubernetes:core/v1:Pod", "inputs": {"spec": pod}}
    path = tmp_path / "stack.json"
    path.write_text(json.dumps({"deployment": {"resources": [state]}}))
    for form in ("text", "json", "sarif", "junit"):
        run = agentctl("policies", "test", path, "--format", form)
        assert run.code == 1
        assert "hunter2" not in run.out + run.err
