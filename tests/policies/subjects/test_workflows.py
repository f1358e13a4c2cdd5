"""The pods of Argo Workflows."""

from typing import Any

import pytest

from policies.rules import RULES
from policies.subjects.pods import PODS
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import container, refused, resource, spec, unjudged

WORKFLOW = "kubernetes:argoproj.io/v1alpha1:Workflow"
POD = {key: value for key, value in spec().items() if key != "containers"}


STANDARD = [rule.name for rule in RULES if rule.area is PODS and rule.references.pod_security]


def workflow(*templates: Any, **fields: Any) -> Any:
    return resource({"spec": {**POD, **fields, "templates": list(templates)}}, WORKFLOW)


def test_a_hardened_workflow_passes_every_rule() -> None:
    judged = workflow(
        {"name": "main", "dag": {"tasks": []}},
        {"name": "train", "container": container("main")},
        {"name": "probe", "script": {**container("main"), "source": "true"}},
    )
    assert [rule for rule in STANDARD if refused(rule, judged) or unjudged(rule, judged)] == []


@pytest.mark.parametrize("key", ["container", "script"])
def test_the_single_container_of_a_template_is_judged(key: str) -> None:
    (message,) = refused("pod-no-privileged", workflow({"name": "train", key: container(privileged=True)}))
    assert f'container of template "train" (spec.templates[0].{key})' in message


def test_a_template_without_its_own_security_context_takes_the_workflows() -> None:
    bare = {"name": "train", "container": container()}
    assert refused("pod-run-as-nonroot", workflow(bare)) == []
    assert len(refused("pod-run-as-nonroot", workflow(bare, securityContext={}))) == 1


def test_a_template_with_its_own_security_context_is_judged_by_that() -> None:
    own = {"name": "train", "container": container(), "securityContext": {"runAsNonRoot": False}}
    assert len(refused("pod-run-as-nonroot", workflow(own))) == 1


def test_template_defaults_reach_every_template() -> None:
    defaults = {"container": {"securityContext": {"privileged": True}}}
    judged = workflow({"name": "a", "container": {"image": "x"}}, templateDefaults=defaults)
    assert len(refused("pod-no-privileged", judged)) == 1


def test_a_templates_own_value_wins_over_the_default() -> None:
    defaults = {"container": {"securityContext": {"privileged": True}}}
    judged = workflow({"name": "a", "container": container(privileged=False)}, templateDefaults=defaults)
    assert refused("pod-no-privileged", judged) == []


@pytest.mark.parametrize("where", ["workflow", "template"])
def test_host_path_volumes_of_workflow_and_template_are_refused(where: str) -> None:
    volumes = [{"name": "v", "hostPath": {"path": "/data"}}]
    step = {"name": "a", "container": container(), **({"volumes": volumes} if where == "template" else {})}
    judged = workflow(step, **({"volumes": volumes} if where == "workflow" else {}))
    assert len(refused("pod-no-host-path", judged)) == 1


def test_host_network_of_the_workflow_is_refused() -> None:
    judged = workflow({"name": "a", "container": container()}, hostNetwork=True)
    assert len(refused("pod-no-host-namespaces", judged)) == 1


@pytest.mark.parametrize("rule", STANDARD)
def test_a_pod_spec_patch_is_said_to_be_unjudged_by_every_rule(rule: str) -> None:
    judged = workflow({"name": "a", "container": container(), "podSpecPatch": '{"hostPID": true}'})
    assert 'podSpecPatch of template "a"' in unjudged(rule, judged)[0]


@pytest.mark.parametrize("rule", STANDARD)
@pytest.mark.parametrize("templates", [UNKNOWN, [UNKNOWN]])
def test_unknown_templates_are_not_judged_and_never_pass(rule: str, templates: object) -> None:
    assert len(unjudged(rule, resource({"spec": {**POD, "templates": templates}}, WORKFLOW))) == 1


@pytest.mark.parametrize("rule", STANDARD)
@pytest.mark.parametrize("properties", [{"spec": "text"}, {"spec": {"templates": {}}}, {"spec": {"templates": [1]}}])
def test_a_workflow_of_the_wrong_shape_is_refused(rule: str, properties: object) -> None:
    assert "belongs" in refused(rule, resource(properties, WORKFLOW))[0]


def test_unknown_template_defaults_are_not_judged_and_never_pass() -> None:
    step = {"name": "a", "container": container()}
    assert len(unjudged("pod-no-privileged", workflow(step, templateDefaults=UNKNOWN))) == 1
    assert len(unjudged("pod-no-privileged", workflow(step, templateDefaults={"container": UNKNOWN}))) == 1


def test_sidecars_of_the_defaults_are_judged_beside_the_templates_own() -> None:
    defaults = {"sidecars": [container("shared", privileged=True)]}
    step = {"name": "a", "container": container(), "sidecars": [container("own")]}
    (message,) = refused("pod-no-privileged", workflow(step, templateDefaults=defaults))
    assert '"shared"' in message


def test_secret_template_defaults_are_judged_and_not_printed() -> None:
    profile = {"container": {"securityContext": {"seccompProfile": {"type": "hush"}}}}
    (message,) = refused(
        "pod-seccomp", workflow({"name": "a", "container": container()}, templateDefaults=Secret(profile))
    )
    assert "hush" not in message


def test_annotations_of_the_workflow_reach_a_template_with_metadata_of_its_own() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/main"
    step = {"name": "a", "container": container(), "metadata": {"annotations": {"other": "x"}}}
    assert len(refused("pod-apparmor", workflow(step, podMetadata={"annotations": {key: "unconfined"}}))) == 1


def test_a_secret_volume_of_a_workflow_is_refused_and_not_printed() -> None:
    volumes = Secret([{"name": "v", "hostPath": {"path": "/hush"}}])
    (message,) = refused("pod-no-host-path", workflow({"name": "a", "container": container()}, volumes=volumes))
    assert "hush" not in message


def test_a_null_in_a_template_leaves_the_default_standing() -> None:
    defaults = {"container": {"securityContext": {"privileged": True}}}
    judged = workflow({"name": "a", "container": {"image": "x", "securityContext": None}}, templateDefaults=defaults)
    assert len(refused("pod-no-privileged", judged)) == 1


def test_a_template_whose_container_comes_from_the_defaults_is_judged_and_a_dag_is_not() -> None:
    defaults = {"container": {"securityContext": {"privileged": True}}}
    (message,) = refused(
        "pod-no-privileged", workflow({"name": "a"}, {"name": "b", "dag": {"tasks": []}}, templateDefaults=defaults)
    )
    assert '"a" (spec.templates[0].container)' in message


def test_what_a_workflow_adds_to_a_template_elsewhere_is_judged() -> None:
    spec_of = {"workflowTemplateRef": {"name": "shared"}, "hostNetwork": True, "podSpecPatch": "{}"}
    judged = resource({"spec": spec_of}, WORKFLOW)
    (message,) = refused("pod-no-host-namespaces", judged)
    assert 'pod of template "shared" (spec.workflowTemplateRef)' in message
    assert len(unjudged("pod-no-host-namespaces", judged)) == 1
