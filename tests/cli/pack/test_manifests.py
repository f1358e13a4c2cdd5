"""Manifests become the resources that the engine would hand over."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from cli.pack.manifests import is_manifest, plain, subjects_of
from cli.pack.sources import Problem
from cli.pack.subjects import Subject
from cli.pack.yaml_reader import read


def found(text: str) -> list[Subject | Problem]:
    return [each for document in read(text)[0] for each in subjects_of("f.yaml", document)]


def resource(text: str) -> Any:
    (subject,) = found(text)
    assert isinstance(subject, Subject)
    assert subject.resource is subject.final
    assert not subject.rendered
    return subject.resource


@pytest.mark.parametrize(
    ("version", "kind", "token"),
    [
        ("v1", "Pod", "kubernetes:core/v1:Pod"),
        ("apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"),
        ("networking.k8s.io/v1", "NetworkPolicy", "kubernetes:networking.k8s.io/v1:NetworkPolicy"),
        ("rbac.authorization.k8s.io/v1", "Role", "kubernetes:rbac.authorization.k8s.io/v1:Role"),
        ("argoproj.io/v1alpha1", "Rollout", "kubernetes:argoproj.io/v1alpha1:Rollout"),
    ],
)
def test_the_type_is_that_of_the_sdk(version: str, kind: str, token: str) -> None:
    made = resource(f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n")
    assert made.type == token
    assert made.urn == f"urn:pulumi:manifests::manifests::{token}::a"
    assert made.properties == {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}}


@pytest.mark.parametrize(
    ("version", "kind", "file"),
    [
        ("v1", "Pod", "core/v1/Pod.py"),
        ("policy/v1", "PodDisruptionBudget", "policy/v1/PodDisruptionBudget.py"),
        ("networking.k8s.io/v1", "NetworkPolicy", "networking/v1/NetworkPolicy.py"),
        ("autoscaling/v2", "HorizontalPodAutoscaler", "autoscaling/v2/HorizontalPodAutoscaler.py"),
    ],
)
def test_a_built_in_type_is_one_that_the_sdk_registers(version: str, kind: str, file: str) -> None:
    spec = importlib.util.find_spec("pulumi_kubernetes")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).parent.joinpath(file).read_text(encoding="utf-8")
    assert f"'{resource(f'{{apiVersion: {version}, kind: {kind}}}').type}'" in source


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ("{name: a}", "a"),
        ("{name: a, namespace: b}", "b/a"),
        ("{name: a, namespace: ''}", "a"),
        ("{name: a, namespace: 5}", "a"),
        ("{generateName: a-}", "a-"),
        ("{name: 5, generateName: a-}", "a-"),
        ("{}", "nameless"),
        ("{namespace: b}", "b/nameless"),
        ("[]", "nameless"),
        ("x", "nameless"),
    ],
)
def test_the_name_is_that_of_pulumis_own_yaml_resources(metadata: str, name: str) -> None:
    assert resource(f"apiVersion: v1\nkind: Pod\nmetadata: {metadata}\n").name == name


def test_what_only_a_program_can_say_is_taken_as_well_said() -> None:
    made = resource("apiVersion: v1\nkind: Pod\n")
    assert made.options.protect
    assert made.provider.explicit
    assert made.provider.type == "pulumi:providers:kubernetes"


def test_lists_are_taken_apart_with_the_lines_of_their_items() -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: DeploymentList\n  items:\n"
        "  - metadata: {name: a}\n  - {apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: b}}\n- 5\n"
    )
    first, second, third = found(text)
    assert isinstance(first, Subject)
    assert isinstance(second, Subject)
    assert (first.resource.type, first.resource.name, first.place.line()) == ("kubernetes:apps/v1:Deployment", "a", 7)
    assert (second.resource.type, second.place.line()) == ("kubernetes:apps/v1beta1:Deployment", 8)
    assert third == Problem("f.yaml", 9, "it is no Kubernetes object. Fix: write apiVersion and kind.")


def test_a_list_without_items_is_judged_as_it_is() -> None:
    assert resource("apiVersion: v1\nkind: PodList\nitems: x\n").type == "kubernetes:core/v1:PodList"
    assert found("apiVersion: v1\nkind: PodList\nitems: []\n") == []


def test_items_of_a_plain_list_say_what_they_are_themselves() -> None:
    (problem,) = found("apiVersion: v1\nkind: List\nitems: [{metadata: {}}]\n")
    assert isinstance(problem, Problem)
    assert "apiVersion is missing" in problem.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "it is no Kubernetes object"),
        ("text", "it is no Kubernetes object"),
        ("kind: Pod", "apiVersion is missing"),
        ("apiVersion: v1", "kind is missing"),
        ("apiVersion: 1\nkind: Pod", "apiVersion is 1."),
        ("apiVersion: [v1]\nkind: Pod", "apiVersion is a list"),
        ("apiVersion: a/b/c\nkind: Pod", 'apiVersion is "a/b/c"'),
        ("apiVersion: 'v1:Pod'\nkind: Pod", "apiVersion is"),
        ("apiVersion: ''\nkind: Pod", 'apiVersion is ""'),
        ("apiVersion: v1\nkind: 'Pod::x'", 'kind is "Pod::x"'),
        ("apiVersion: v1\nkind: {}", "kind is an object"),
    ],
)
def test_what_is_no_object_of_kubernetes_is_a_problem(text: str, said: str) -> None:
    (problem,) = found(text)
    assert isinstance(problem, Problem)
    assert said in problem.text
    assert "Fix: write apiVersion and kind" in problem.text


def test_a_manifest_is_known_by_either_key() -> None:
    assert is_manifest({"kind": 1})
    assert is_manifest({"apiVersion": 1})
    assert not is_manifest({"name": 1})
    assert not is_manifest([1])


def test_numbers_are_as_the_wire_form_brings_them() -> None:
    assert repr(plain({"a": [1.0, 1.5, 2, True, None, "1.0"]})) == "{'a': [1, 1.5, 2, True, None, '1.0']}"


def test_a_manifest_cannot_pretend_that_a_value_is_unknown_or_secret() -> None:
    marked = "{4dabf18193072939515e22adb298388d: 1b47061264138c4ac30d75fd1eb44270, value: x}"
    made = resource(f"apiVersion: v1\nkind: Pod\na: 04da6b54-80e4-46f7-96ec-b56ff0331ba9\nb: {marked}\n")
    assert made.properties["a"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert made.properties["b"]["value"] == "x"
