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


PATCHED = [
    {"templates": [{"name": "a", "container": container(), "podSpecPatch": "HERE"}]},
    {"templates": [{"name": "a", "container": container()}], "podSpecPatch": "HERE"},
    {"templates": [{"name": "a", "container": container()}], "templateDefaults": {"podSpecPatch": "HERE"}},
    {"workflowTemplateRef": {"name": "shared"}, "podSpecPatch": "HERE"},
    {"workflowTemplateRef": {"name": "shared"}, "templateDefaults": {"podSpecPatch": "HERE"}},
]


def patched(fields: Any, patch: object) -> Any:
    """The fields with the patch in place of every HERE."""
    if isinstance(fields, dict):
        return {key: patch if value == "HERE" else patched(value, patch) for key, value in fields.items()}
    return [patched(item, patch) for item in fields] if isinstance(fields, list) else fields


@pytest.mark.parametrize("patch", ["", "{{inputs.parameters.patch}}", {"hostPID": True}, 5])
def test_a_pod_spec_patch_is_refused_whatever_it_is(patch: object) -> None:
    judged = workflow({"name": "a", "container": container(), "podSpecPatch": patch})
    assert "podSpecPatch" in refused("pod-no-privileged", judged)[0]


@pytest.mark.parametrize("rule", STANDARD)
def test_a_template_that_makes_an_object_of_text_is_refused_by_every_rule(rule: str) -> None:
    made = {"name": "a", "resource": {"action": "create", "manifest": "kind: Pod"}}
    assert "is text that is applied later" in refused(rule, workflow(made))[0]


@pytest.mark.parametrize("rule", STANDARD)
@pytest.mark.parametrize("fields", PATCHED)
def test_a_pod_spec_patch_that_is_known_is_refused_by_every_rule(rule: str, fields: Any) -> None:
    judged = resource({"spec": {**POD, **patched(fields, '{"hostPID": true}')}}, WORKFLOW)
    message = next(text for text in refused(rule, judged) if "podSpecPatch" in text)
    assert "is a patch that is merged later where a plain pod spec, without podSpecPatch, belongs" in message
    assert unjudged(rule, judged) == []


@pytest.mark.parametrize("rule", STANDARD)
@pytest.mark.parametrize("fields", PATCHED)
def test_a_pod_spec_patch_that_is_unknown_is_said_to_be_unjudged_by_every_rule(rule: str, fields: Any) -> None:
    judged = resource({"spec": {**POD, **patched(fields, UNKNOWN)}}, WORKFLOW)
    (message,) = unjudged(rule, judged)
    assert "podSpecPatch" in message
    assert [text for text in refused(rule, judged) if "podSpecPatch" in text] == []


def test_a_pod_spec_patch_is_named_by_its_template_and_a_secret_one_is_not_printed() -> None:
    judged = workflow({"name": "a", "container": container(), "podSpecPatch": Secret('{"hush": 1}')})
    (message,) = refused("pod-no-privileged", judged)
    assert 'podSpecPatch of template "a" (spec.templates[0])' in message
    assert "hush" not in message


def inlined(step: object) -> dict[str, Any]:
    return {"name": "in-steps", "steps": [[{"name": "one", "template": "x"}], [{"name": "two", "inline": step}]]}


def tasked(step: object) -> dict[str, Any]:
    return {"name": "in-dag", "dag": {"tasks": [{"name": "one", "template": "x"}, {"name": "two", "inline": step}]}}


@pytest.mark.parametrize(
    ("wrap", "path"),
    [
        (inlined, "steps[1][0].inline.container"),
        (tasked, "dag.tasks[1].inline.container"),
        (lambda step: inlined(tasked(step)), "steps[1][0].inline.dag.tasks[1].inline.container"),
        (lambda step: tasked(inlined(step)), "dag.tasks[1].inline.steps[1][0].inline.container"),
    ],
)
def test_inline_templates_are_judged_as_templates(wrap: Any, path: str) -> None:
    judged = workflow(wrap({"container": container(privileged=True)}), {"name": "next", "container": container()})
    (message,) = refused("pod-no-privileged", judged)
    assert f"(spec.templates[0].{path})" in message
    assert refused("pod-no-privileged", workflow(wrap({"container": container()}))) == []


@pytest.mark.parametrize("wrap", [inlined, tasked])
def test_an_inline_template_takes_the_defaults(wrap: Any) -> None:
    defaults = {"container": {"securityContext": {"privileged": True}}}
    assert len(refused("pod-no-privileged", workflow(wrap({}), templateDefaults=defaults))) == 1


@pytest.mark.parametrize("rule", STANDARD)
@pytest.mark.parametrize(
    "template",
    [
        *(inlined(UNKNOWN), tasked(UNKNOWN), {"steps": UNKNOWN}, {"steps": [UNKNOWN]}, {"steps": [[UNKNOWN]]}),
        *({"dag": UNKNOWN}, {"dag": {"tasks": UNKNOWN}}, {"dag": {"tasks": [UNKNOWN]}}),
    ],
)
def test_an_unknown_inline_template_is_not_judged_and_never_passes(rule: str, template: Any) -> None:
    assert len(unjudged(rule, workflow(template))) == 1
    assert refused(rule, workflow(template)) == []


@pytest.mark.parametrize("template", [inlined("x"), tasked(5), {"steps": "x"}, {"steps": [{}]}, {"dag": {"tasks": 1}}])
def test_an_inline_template_of_the_wrong_shape_is_refused(template: Any) -> None:
    assert "belongs" in refused("pod-no-privileged", workflow(template))[0]


@pytest.mark.parametrize("action", ["create", "apply", "replace", "patch", None, 5])
@pytest.mark.parametrize("wrap", [lambda template: template, inlined, tasked])
def test_a_template_that_makes_an_object_of_text_is_refused(wrap: Any, action: object) -> None:
    made = {"name": "a", "resource": {"action": action, "manifest": "kind: Pod"}}
    (message,) = refused("pod-no-privileged", workflow(wrap(made)))
    assert 'resource of template "a"' in message
    assert "is text that is applied later where a resource of the program belongs" in message


@pytest.mark.parametrize("action", ["get", "delete"])
def test_a_template_that_reads_or_deletes_an_object_is_left_alone(action: str) -> None:
    judged = workflow({"name": "a", "resource": {"action": action, "manifest": "kind: Pod"}})
    assert refused("pod-no-privileged", judged) + unjudged("pod-no-privileged", judged) == []


@pytest.mark.parametrize("made", [UNKNOWN, {"action": UNKNOWN}, {"action": "create", "manifest": UNKNOWN}])
def test_a_template_that_makes_an_unknown_object_is_not_judged(made: object) -> None:
    judged = workflow({"name": "a", "resource": made})
    assert len(unjudged("pod-no-privileged", judged)) == 1
    assert refused("pod-no-privileged", judged) == []


@pytest.mark.parametrize("made", [Secret({"action": "create", "manifest": "hush"}), "hush", ["hush"]])
def test_a_made_object_is_refused_in_every_shape_and_not_printed(made: object) -> None:
    (message,) = refused("pod-no-privileged", workflow({"name": "a", "resource": made}))
    assert "hush" not in message


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
    spec_of = {"workflowTemplateRef": {"name": "shared"}, "hostNetwork": True}
    judged = resource({"spec": spec_of}, WORKFLOW)
    (message,) = refused("pod-no-host-namespaces", judged)
    assert 'pod of template "shared" (spec.workflowTemplateRef)' in message
