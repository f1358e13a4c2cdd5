"""Who owns which field, and when an update takes over."""

from typing import Any, cast

import pytest

from local.providers.kubernetes import field_managers
from local.providers.kubernetes.configuration import Settings
from local.providers.kubernetes.kinds import Urn
from local.providers.kubernetes.operation import Operation


class Cluster:
    """Records the patch it is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def patch(self, obj: Any, patch: Any, content_type: str, manager: str) -> Any:
        self.sent.append(patch)
        return obj


def operation(cluster: Cluster | None = None, **more: Any) -> Operation:
    urn = Urn("urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::cm")
    settings = more.pop("settings", Settings())
    return Operation(cast("Any", cluster), settings, urn, cast("Any", None), **more)


def entry(manager: str, how: str, *fields: str, **more: Any) -> dict[str, Any]:
    return {"manager": manager, "operation": how, "fieldsV1": {"f:data": {f"f:{f}": {} for f in fields}}, **more}


def live(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "ConfigMap", "metadata": {"resourceVersion": "7", "managedFields": list(entries)}}


INPUTS = {"kind": "ConfigMap", "metadata": {}}


def test_an_update_takes_over_what_client_side_writes_own() -> None:
    cluster = Cluster()
    before = live(entry("pulumi-kubernetes", "Update", "a"), entry("kubectl-patch", "Update", "b"))
    field_managers.take_over(operation(cluster), INPUTS, before, "ours")
    [[managed, version]] = cluster.sent
    assert managed["value"] == [entry("ours", "Apply", "a", "b")]
    assert version["value"] == "7"


@pytest.mark.parametrize(
    "theirs",
    [
        entry("helm", "Update", "a"),
        entry("other", "Apply", "a"),
        entry("kubectl", "Update", "a", subresource="scale"),
    ],
)
def test_an_update_leaves_other_managers_alone(theirs: dict[str, Any]) -> None:
    cluster = Cluster()
    field_managers.take_over(operation(cluster), INPUTS, live(theirs), "ours")
    assert cluster.sent == []


def test_a_preview_changes_no_managers() -> None:
    cluster = Cluster()
    before = live(entry("pulumi-kubernetes", "Update", "a"))
    field_managers.take_over(operation(cluster, preview=True), INPUTS, before, "ours")
    assert cluster.sent == []


def test_an_apply_is_forced_only_when_somebody_asks_for_it() -> None:
    theirs = live(entry("other", "Apply", "a"))
    asked = {"metadata": {"annotations": {"pulumi.com/patchForce": "true"}}}
    assert not field_managers.must_force(operation(), INPUTS, theirs)
    assert field_managers.must_force(operation(), asked, theirs)
    assert field_managers.must_force(operation(settings=Settings(patch_force=True)), INPUTS, theirs)


def test_an_apply_is_forced_in_a_preview_of_what_the_update_would_take_over_first() -> None:
    ours = live(entry("pulumi-kubernetes", "Update", "a"))
    assert field_managers.must_force(operation(preview=True), INPUTS, ours)
    assert not field_managers.must_force(operation(), INPUTS, ours)


def test_an_ignored_field_of_somebody_else_is_left_out() -> None:
    inputs: dict[str, Any] = {"data": {"a": "1", "b": "1"}}
    current = {**live(entry("other", "Update", "a"), entry("ours", "Apply", "b")), "data": {"a": "2", "b": "3"}}
    field_managers.respect_ignored(inputs, current, "ours", ["data.a", "data.b"])
    assert inputs == {"data": {"b": "3"}}


def test_an_ignored_annotation_with_a_slash_goes_out_as_the_program_says() -> None:
    inputs: dict[str, Any] = {"metadata": {"annotations": {"a/b": "1"}}}
    current = {"metadata": {"annotations": {"a/b": "2"}}}
    field_managers.respect_ignored(inputs, current, "ours", ['metadata.annotations["a/b"]'])
    assert inputs == {"metadata": {"annotations": {"a/b": "1"}}}
