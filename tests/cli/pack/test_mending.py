"""Manifests are mended by the rules' own edits and read back as what was written."""

from typing import Any

import pytest
import yaml
from pulumi_policy import EnforcementLevel

from cli.pack.judging import Inputs
from cli.pack.mending import as_yaml, mended
from cli.pack.sources import Source
from cli.pack.yaml_reader import read
from tests.cli.examples import EXEMPTION, RULES, configuration


def mend(text: str, config: Any = None, **levels: EnforcementLevel) -> tuple[list[Any], int]:
    subjects, count = mended(Inputs([Source("f", text)]).subjects, RULES, configuration(config, **levels))
    return [document.value for document in read(as_yaml(subjects))[0]], count


def thing(spec: str, name: str = "bad") -> str:
    return f"apiVersion: example.com/v1\nkind: Thing\nmetadata: {{namespace: shop, name: {name}}}\nspec: {spec}\n"


def test_values_are_set_and_removed_and_all_else_stays() -> None:
    (made,), count = mend(thing("{safe: false, old: true, size: 9, words: ['y', '1e3', '012', '', 'é: x']}"))
    assert count == 2
    assert made == {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"namespace": "shop", "name": "bad"},
        "spec": {"safe": True, "size": 9, "words": ["y", "1e3", "012", "", "é: x"]},
    }
    assert list(made["spec"]) == ["safe", "size", "words"]


def test_mending_again_changes_nothing() -> None:
    subjects, _ = mended(Inputs([Source("f", thing("{safe: false}"))]).subjects, RULES, configuration())
    text = as_yaml(subjects)
    again, count = mended(Inputs([Source("f", text)]).subjects, RULES, configuration())
    assert (as_yaml(again), count) == (text, 0)


def test_an_exempted_object_and_a_disabled_rule_mend_nothing() -> None:
    assert mend(thing("{safe: false}"), EXEMPTION)[1] == 0
    assert mend(thing("{safe: false}", "other"), EXEMPTION)[1] == 1
    assert mend(thing("{safe: false}"), thing_safe=EnforcementLevel.DISABLED)[1] == 0
    assert mend(thing("{safe: false}"), thing_safe=EnforcementLevel.ADVISORY)[1] == 1


def test_items_of_a_list_become_objects_of_their_own() -> None:
    text = "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}, {metadata: {name: b}}]\n"
    made, _ = mend(text)
    assert made == [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} for name in "ab"]


@pytest.mark.parametrize(
    "text", ["y", "no", "1", "1e3", "~", "null", "", "0x1f", "<<", "a: b", "- a", "\u2028", "\x85"]
)
def test_text_stays_text_for_kubernetes_and_for_pyyaml(text: str) -> None:
    subjects = Inputs([Source("f", thing("{a: 1}"))]).subjects
    subject = subjects[0]._replace(resource=subjects[0].resource._replace(properties={"a": text, text or "b": 1}))
    written = as_yaml([subject])
    assert read(written)[0][0].value == {"apiVersion": "example.com/v1", "kind": "Thing", "a": text, text or "b": 1}
    assert yaml.safe_load(written)["a"] == text
