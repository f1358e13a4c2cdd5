"""Names and labels the provider makes up."""

import re
from typing import Any

import pytest

from local.providers.kubernetes import checkpoint, naming, objects
from local.providers.kubernetes.failures import Refusal
from local.providers.kubernetes.kinds import Urn
from local.providers.values import UNKNOWN


def test_an_unnamed_object_is_named_after_its_resource() -> None:
    obj: dict[str, Any] = {"metadata": {}}
    naming.autoname(obj, "web", b"")
    assert re.fullmatch("web-[0-9a-f]{8}", objects.name(obj))
    assert naming.is_autonamed(obj)


def test_the_same_seed_gives_the_same_name() -> None:
    names = []
    for _ in range(2):
        obj: dict[str, Any] = {}
        naming.autoname(obj, "web", b"seed")
        names.append(objects.name(obj))
    assert names[0] == names[1]


def test_a_name_that_the_engine_proposes_is_taken() -> None:
    obj: dict[str, Any] = {}
    naming.autoname(obj, "web", b"", "web-prod")
    assert objects.name(obj) == "web-prod"


def test_without_autonaming_an_unnamed_object_is_refused() -> None:
    with pytest.raises(Refusal, match=r"set `metadata\.name`"):
        naming.autoname({}, "web", b"", disabled=True)


@pytest.mark.parametrize("metadata", [{"name": "a"}, {"name": UNKNOWN}, {"generateName": "a-"}])
def test_an_object_with_a_name_of_its_own_keeps_it(metadata: dict[str, Any]) -> None:
    obj = {"metadata": dict(metadata)}
    naming.autoname(obj, "web", b"")
    assert obj["metadata"] == metadata


def test_a_made_up_name_stays_while_the_program_gives_none() -> None:
    old = {"metadata": {"name": "web-1", "annotations": {objects.AUTONAMED: "true"}}}
    obj: dict[str, Any] = {"metadata": {}}
    naming.adopt_name(obj, old)
    assert objects.name(obj) == "web-1"


def test_a_field_manager_is_the_annotation_then_the_states_then_a_random_one() -> None:
    asked = {"metadata": {"annotations": {objects.FIELD_MANAGER: "mine"}}}
    state = {checkpoint.MANAGER: "before"}
    assert checkpoint.field_manager(state, asked, server_side=True) == "mine"
    assert checkpoint.field_manager(state, {}, server_side=True) == "before"
    assert re.fullmatch("pulumi-kubernetes-[0-9a-f]{8}", checkpoint.field_manager({}, {}, server_side=True))
    assert checkpoint.field_manager(state, asked, server_side=False) == "pulumi-kubernetes"


def test_a_urn_tells_kind_and_version_whatever_its_parents_are() -> None:
    urn = Urn("urn:pulumi:s::p::a:b:C$kubernetes:core/v1:ConfigMapPatch::some::name")
    assert (urn.api_version, urn.kind, urn.name) == ("v1", "ConfigMapPatch", "some::name")
    assert urn.is_patch_of({"kind": "ConfigMap"})


def test_a_custom_kind_whose_name_ends_in_patch_is_no_patch() -> None:
    urn = Urn("urn:pulumi:s::p::kubernetes:example.com/v1:EyePatch::x")
    assert not urn.is_patch_of({"kind": "EyePatch"})
