"""What changes, what replaces, and in which words the engine is told."""

from typing import Any

import pytest

from local.providers.kubernetes import diff, force_new
from local.providers.values import UNKNOWN

Told = dict[str, str]


def told(old: dict[str, Any], new: dict[str, Any], forced: tuple[force_new.Path, ...] = ()) -> Told:
    found = diff.changes(old, new, forced)
    return {path: change.kind + ("-replace" if change.replaces else "") for path, change in found.items()}


def forced_for(api_version: str, kind: str, **more: Any) -> tuple[force_new.Path, ...]:
    obj = {"apiVersion": api_version, "kind": kind, **more}
    return force_new.fields(obj, mutable_config_maps=False, mutable_secrets=False)


def test_an_object_like_the_live_one_has_no_changes() -> None:
    assert told({"a": {"b": [1, 2]}, "c": True}, {"a": {"b": [1, 2]}, "c": True}) == {}


def test_a_whole_number_equals_its_float_but_no_bool() -> None:
    assert told({"a": 1}, {"a": 1.0}) == {}
    assert told({"a": 1}, {"a": True}) == {"a": "update"}


def test_a_field_added_changed_and_gone_is_told_by_its_path() -> None:
    assert told({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "d": 4}}) == {"a.b": "update", "a.d": "add", "a.c": "delete"}


def test_list_elements_are_told_one_by_one() -> None:
    old = {"ports": [{"port": 80, "name": "a"}, {"port": 81}]}
    new = {"ports": [{"port": 90}]}
    assert told(old, new) == {"ports[0].port": "update", "ports[0].name": "delete", "ports[1]": "delete"}


def test_a_longer_list_adds_its_new_elements() -> None:
    assert told({"a": ["x"]}, {"a": ["x", "y"]}) == {"a[1]": "add"}


def test_a_key_with_a_dot_is_quoted_in_its_path() -> None:
    found = told({"metadata": {"annotations": {}}}, {"metadata": {"annotations": {"pulumi.com/skipAwait": "true"}}})
    assert found == {'metadata.annotations["pulumi.com/skipAwait"]': "add"}


def test_an_unknown_value_is_an_update_where_something_was_and_an_addition_elsewhere() -> None:
    assert told({"a": 1}, {"a": UNKNOWN, "b": UNKNOWN}) == {"a": "update", "b": "add"}


def test_an_unknown_in_the_place_of_a_map_deletes_its_keys_and_replaces_what_can_not_lose_one() -> None:
    live = {"spec": {"replicas": 1, "selector": {"matchLabels": {"app": "a"}}}}
    found = diff.changes(live, {"spec": UNKNOWN}, forced_for("apps/v1", "Deployment"))
    assert {path: (change.kind, change.replaces) for path, change in found.items()} == {
        "spec.replicas": ("delete", False),
        "spec.selector": ("delete", True),
    }


def test_the_data_of_a_config_map_replaces_it() -> None:
    assert told({"data": {"a": "1"}}, {"data": {"a": "2"}}, forced_for("v1", "ConfigMap")) == {
        "data.a": "update-replace"
    }


def test_the_data_of_a_config_map_changes_in_place_when_the_provider_says_so() -> None:
    obj = {"apiVersion": "v1", "kind": "ConfigMap"}
    forced = force_new.fields(obj, mutable_config_maps=True, mutable_secrets=False)
    assert told({"data": {"a": "1"}}, {"data": {"a": "2"}}, forced) == {"data.a": "update"}


def test_an_immutable_config_map_is_replaced_whatever_the_provider_says() -> None:
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "immutable": True}
    assert ("data",) in force_new.fields(obj, mutable_config_maps=True, mutable_secrets=False)


def test_a_mutable_secret_is_still_replaced_for_its_type() -> None:
    obj = {"apiVersion": "v1", "kind": "Secret"}
    forced = force_new.fields(obj, mutable_config_maps=False, mutable_secrets=True)
    assert told({"type": "a", "data": {"k": "1"}}, {"type": "b", "data": {"k": "2"}}, forced) == {
        "type": "update-replace",
        "data.k": "update",
    }


@pytest.mark.parametrize(
    ("api_version", "kind", "path"),
    [
        ("apps/v1", "Deployment", ["spec", "selector", "matchLabels", "app"]),
        ("apps/v1", "DaemonSet", ["spec", "selector", "matchLabels", "app"]),
        ("apps/v1", "StatefulSet", ["spec", "serviceName"]),
        ("batch/v1", "Job", ["spec", "template", "spec", "containers", 0, "image"]),
        ("v1", "Service", ["spec", "clusterIP"]),
        ("v1", "Pod", ["spec", "containers", 0, "image"]),
        ("v1", "PersistentVolumeClaim", ["spec", "storageClassName"]),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", ["roleRef", "name"]),
        ("storage.k8s.io/v1", "StorageClass", ["parameters", "type"]),
        ("example.com/v1", "Thing", ["metadata", "namespace"]),
    ],
)
def test_a_field_that_can_not_change_in_place_replaces(api_version: str, kind: str, path: list[str | int]) -> None:
    assert any(force_new.touches(path, "x", field) for field in forced_for(api_version, kind))


@pytest.mark.parametrize(
    ("api_version", "kind", "path"),
    [
        ("apps/v1", "Deployment", ["spec", "template", "spec", "containers", 0, "image"]),
        ("apps/v1", "StatefulSet", ["spec", "replicas"]),
        ("batch/v1", "Job", ["spec", "backoffLimit"]),
        ("batch/v1", "CronJob", ["spec", "jobTemplate", "spec", "template"]),
        ("v1", "Service", ["spec", "ports", 0, "port"]),
        ("v1", "Pod", ["metadata", "labels", "a"]),
        ("policy/v1", "PodDisruptionBudget", ["spec", "maxUnavailable"]),
    ],
)
def test_any_other_field_changes_in_place(api_version: str, kind: str, path: list[str | int]) -> None:
    assert not any(force_new.touches(path, "x", field) for field in forced_for(api_version, kind))


def test_setting_a_whole_spec_replaces_when_an_immutable_field_is_in_it() -> None:
    field = ("spec", "selector")
    assert force_new.touches(["spec"], {"selector": {}}, field)
    assert not force_new.touches(["spec"], {"replicas": 1}, field)


def test_a_pod_without_its_init_containers_is_replaced_and_one_container_less_is_an_update() -> None:
    assert any(force_new.touches(["spec", "initContainers"], None, field) for field in forced_for("v1", "Pod"))
    assert not any(force_new.touches(["spec", "containers", 1], None, field) for field in forced_for("v1", "Pod"))


def test_one_container_with_an_immutable_field_is_enough_to_replace() -> None:
    added = [{"name": "a"}, {"name": "b", "image": "b:1"}]
    assert force_new.touches(["spec", "initContainers"], added, ("spec", "initContainers", "*", "image"))


def test_an_ignored_path_hides_what_lies_in_it_and_nothing_beside_it() -> None:
    found = diff.changes({"data": {"a": 1}, "spec": {"x": [1]}}, {"data": {"a": 2}, "spec": {"x": [2]}}, ())
    assert set(diff.without(found, ["data"])) == {"spec.x[0]"}
    assert set(diff.without(found, ["spec.x[*]"])) == {"data.a"}


def test_a_key_that_only_the_engine_quotes_is_never_hidden() -> None:
    found = diff.changes({"data": {"a-b": 1, "c.d": 1}}, {"data": {"a-b": 2, "c.d": 2}}, ())
    assert set(diff.without(found, ["data"])) == {"data.a-b"}


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("spec.replicas", ["spec", "replicas"]),
        ('metadata.annotations["a.b/c"]', []),
        ("data.a-b", []),
        ("spec.containers[0].image", []),
        ("spec.containers[*].image", []),
    ],
)
def test_only_a_path_of_plain_keys_leads_to_a_field_of_an_object(path: str, keys: list[str]) -> None:
    assert diff.keys(path) == keys


@pytest.mark.parametrize("path", ["spec.x[0].y", 'metadata.annotations["a.b/c"].d', "a"])
def test_a_path_reads_as_it_is_written(path: str) -> None:
    assert diff.render(diff.parse(path)) == path
