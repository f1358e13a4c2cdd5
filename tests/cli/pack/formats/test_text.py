"""A report as lines."""

from pulumi_policy import EnforcementLevel

from cli.pack.formats.text import styled, summary, text
from tests.cli.examples import EXEMPTION, MANIFESTS, THING, reported


def test_each_finding_is_a_line_and_the_last_line_sums_up() -> None:
    assert text(reported()) == (
        f'things.yaml:13: advisory: thing-small: {THING} "shop/bad": spec.size is 9. Fix: shrink it.\n'
        f'things.yaml:15: mandatory: thing-safe: {THING} "shop/bad": spec.safe is false. Fix: set spec.safe to true.\n'
        'things.yaml:17: mandatory: stack-unique: kubernetes:core/v1:ConfigMap "good": the name good is taken. '
        "Fix: rename it.\n"
        "3 resources of 1 file judged by 4 rules: 2 refused, 1 advised, 0 exempted, 0 not judged\n"
    )


def test_findings_about_all_files_name_no_file() -> None:
    four = text(reported(MANIFESTS + "---\n" + MANIFESTS))
    assert (
        "\nall files: mandatory: stack-unique: the stack: there are more than 3 resources. Fix: remove some.\n" in four
    )


def test_exempted_and_unjudged_findings_are_told_as_such() -> None:
    assert "exempted: thing-safe:" in text(reported(config=EXEMPTION))
    assert "1 exempted" in summary(reported(config=EXEMPTION))


def test_each_kind_has_its_colour() -> None:
    found = reported(config=EXEMPTION, stack_unique=EnforcementLevel.MANDATORY)
    assert [style for _, style in styled(found)] == ["yellow", "dim", "red", "bold"]


def test_numbers_of_one_are_singular_and_mended_places_are_counted() -> None:
    found = reported("apiVersion: v1\nkind: Pod\n")._replace(mended=2)
    assert summary(found).startswith("1 resource of 1 file judged by 4 rules: 0 refused")
    assert summary(found).endswith(", 2 mended")


def test_hostile_names_cannot_steer_a_terminal() -> None:
    hostile = MANIFESTS.replace("name: bad", 'name: "\\e[2Jbad"')
    assert "\x1b" not in text(reported(hostile, file="\x1b[2J.yaml"))
