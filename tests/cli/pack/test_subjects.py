"""A finding's sentence leads to its line."""

import pytest

from cli.pack.subjects import Place

LINES = {
    (): 1,
    ("spec",): 2,
    ("spec", "containers"): 3,
    ("spec", "containers", 0): 4,
    ("spec", "containers", 0, "securityContext"): 5,
    ("spec", "containers", 0, "securityContext", "add"): 6,
    ("spec", "containers", 0, "securityContext", "add", 1): 7,
    ("metadata",): 8,
    ("metadata", "labels"): 9,
    ("metadata", "labels", "a/b"): 10,
}


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ('T "n": container "app" (spec.containers[0]): securityContext.add[1] is "x". Fix: …', 7),
        ('T "n": container "app" (spec.containers[0]): securityContext.add[9] is "x". Fix: …', 6),
        ('T "n": container "app" (spec.containers[0]): privileged is not set. Fix: …', 4),
        ('T "n": container "app" (spec.containers[7]): privileged is not set. Fix: …', 3),
        ('T "n": spec.containers[0] is null. Fix: …', 4),
        ('T "n": metadata.labels["a/b"] is "x". Fix: …', 10),
        ('T "n": the rule says something. Fix: …', 1),
        ('could not judge 1 value of T "n", unknown at preview: pod (spec): x', 2),
        ('T "n": pod (spec) is selected by nothing. Fix: …', 2),
        ('T "a (b) c": container "(d): e" (spec.containers[0]): securityContext.add is empty. Fix: …', 6),
        ("", 1),
        ("(((((: [[[", 1),
    ],
)
def test_a_sentence_leads_to_the_nearest_line_that_is_written(message: str, line: int) -> None:
    assert Place("f", LINES).line_of(message) == line


def test_a_place_below_another_counts_from_there() -> None:
    place = Place("f", LINES, ("spec", "containers", 0))
    assert place.line() == 4
    assert place.line(("securityContext", "add", 1, "x")) == 7
    assert place.line_of('T "n": securityContext.add is empty.') == 6


def test_without_lines_a_place_is_the_files_first_line() -> None:
    assert Place("f", {}).line(("a", 1)) == 1
