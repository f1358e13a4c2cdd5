"""agent-runtime-class: untrusted code runs in a sandbox."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    PATCHES,
    UNTRUSTED,
    WHOLE,
    mended,
    owned,
    refused,
    resource,
    spec,
    template,
    unjudged,
)

RULE = "agent-runtime-class"
TRUST = "agent-platform.dev/trust"
WORKFLOWS = [kind for kind in KINDS if "Workflow" in kind]
SANDBOXES = [kind for kind in KINDS if "Sandbox" in kind]
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def classed(name: object) -> dict[str, Any]:
    return spec(runtimeClassName=name)


@pytest.mark.parametrize("kind", KINDS)
def test_an_untrusted_pod_on_another_class_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(classed("runc"), kind, UNTRUSTED))
    assert "Fix: set runtimeClassName to gvisor or kata or kata-qemu or kata-clh or kata-fc" in message
    assert 'runtimeClassName is "runc"' in message or kind in WORKFLOWS


@pytest.mark.parametrize("kind", WHOLE)
def test_an_untrusted_pod_without_a_class_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(classed(None), kind, UNTRUSTED))
    assert "runtimeClassName is not set" in message


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("name", ["gvisor", "kata", "kata-qemu", "kata-clh", "kata-fc"])
def test_an_untrusted_pod_on_an_allowed_class_passes_in_every_kind(name: str, kind: str) -> None:
    assert refused(RULE, owned(classed(name), kind, UNTRUSTED)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_an_untrusted_patch_that_sets_no_class_passes(kind: str) -> None:
    assert refused(RULE, owned(classed(None), kind, UNTRUSTED)) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SANDBOXES])
@pytest.mark.parametrize("metadata", [{}, {"labels": {TRUST: "trusted"}}, {"labels": None}, {"labels": {TRUST: None}}])
def test_a_pod_that_is_not_untrusted_may_have_any_class(metadata: dict[str, Any], kind: str) -> None:
    assert refused(RULE, owned(classed("runc"), kind, metadata)) == []
    assert refused(RULE, owned(classed(None), kind, metadata)) == []


@pytest.mark.parametrize("kind", SANDBOXES)
@pytest.mark.parametrize("metadata", [{}, {"labels": {TRUST: "trusted"}}, {"labels": {TRUST: UNKNOWN}}, {"labels": 1}])
def test_a_sandbox_is_untrusted_whatever_its_label(metadata: dict[str, Any], kind: str) -> None:
    assert len(refused(RULE, owned(classed("runc"), kind, metadata))) == 1
    assert len(refused(RULE, owned(classed(None), kind, metadata))) == 1
    assert unjudged(RULE, owned(classed("runc"), kind, metadata)) == []


def listed(kind: str, version: str) -> dict[str, Any]:
    return {"kind": kind, "apiVersion": version, "spec": {"podTemplate": template(classed("runc"))}}


def test_a_sandbox_in_a_list_is_untrusted_and_what_is_beside_it_is_not() -> None:
    items = [
        listed("Kibana", "kibana.k8s.elastic.co/v1"),
        listed("Sandbox", "agents.x-k8s.io/v1alpha1"),
        listed("SandboxTemplate", "extensions.agents.x-k8s.io/v1alpha1"),
        listed("Sandbox", "example.com/v1"),
        {"kind": "Workflow", "apiVersion": "argoproj.io/v1alpha1", "spec": {"templates": [{"container": {}}]}},
    ]
    found = refused(RULE, resource({"items": items}, "kubernetes:core/v1:List"))
    assert ["items[1]" in found[0], "items[2]" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize("kind", ["Sandbox", "SandboxPatch", "SandboxList"])
def test_every_form_of_a_sandbox_is_untrusted(kind: str) -> None:
    sandbox = {"spec": {"podTemplate": template(classed("runc"))}}
    properties = {"items": [sandbox]} if kind.endswith("List") else sandbox
    assert len(refused(RULE, resource(properties, f"kubernetes:agents.x-k8s.io/v1alpha1:{kind}"))) == 1


def test_the_allowed_classes_are_a_setting() -> None:
    judged = owned(classed("firecracker"), DEPLOYMENT, UNTRUSTED)
    assert refused(RULE, judged, runtimeClasses=["firecracker"]) == []
    (message,) = refused(RULE, owned(classed("gvisor"), DEPLOYMENT, UNTRUSTED), runtimeClasses=["a", "b"])
    assert "Fix: set runtimeClassName to a or b." in message


def test_where_no_class_is_allowed_untrusted_pods_are_refused_and_not_mended() -> None:
    judged = owned(classed("gvisor"), DEPLOYMENT, UNTRUSTED)
    (message,) = refused(RULE, judged, runtimeClasses=[])
    assert "Fix: set runtimeClassName to a class that the pack allows: it has none." in message
    assert mended(RULE, judged, runtimeClasses=[]) == judged


def test_an_unknown_class_of_an_untrusted_pod_is_not_judged() -> None:
    judged = owned(classed(UNKNOWN), DEPLOYMENT, UNTRUSTED)
    assert "runtimeClassName" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("metadata", [{"labels": UNKNOWN}, {"labels": {TRUST: UNKNOWN}}])
def test_an_unknown_label_makes_violations_unjudged_but_not_silent(metadata: dict[str, Any]) -> None:
    judged = owned(classed("runc"), metadata=metadata)
    assert "trust" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
    assert unjudged(RULE, owned(classed("gvisor"), metadata=metadata)) == []


@pytest.mark.parametrize("labels", [[], "untrusted", {TRUST: True}, {TRUST: ["untrusted"]}])
def test_a_label_of_the_wrong_type_is_refused(labels: object) -> None:
    (message,) = refused(RULE, owned(classed("gvisor"), metadata={"labels": labels}))
    assert "belongs" in message


def test_a_class_of_the_wrong_type_is_refused() -> None:
    (message,) = refused(RULE, owned(classed(["gvisor"]), metadata=UNTRUSTED))
    assert "where a string belongs" in message


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("name", ["runc", "", 5])
def test_a_mended_pod_is_on_the_first_class_and_passes(name: object, kind: str) -> None:
    judged = mended(RULE, owned(classed(name), kind, UNTRUSTED), runtimeClasses=["kata", "gvisor"])
    assert judged == owned(classed("kata"), kind, UNTRUSTED)
    assert mended(RULE, judged, runtimeClasses=["kata", "gvisor"]) == judged


def test_a_missing_class_is_mended_and_a_trusted_pod_is_left_alone() -> None:
    judged = mended(RULE, owned(spec(), metadata=UNTRUSTED))
    assert judged == owned(classed("gvisor"), metadata=UNTRUSTED)
    assert mended(RULE, owned(classed("runc"))) == owned(classed("runc"))
