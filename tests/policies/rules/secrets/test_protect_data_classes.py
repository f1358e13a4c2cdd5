"""data-class-protected: what a declared class of data demands of workloads, claims and their namespaces."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    KINDS,
    NAMESPACE,
    PATCHES,
    WHOLE,
    owned,
    refused,
    resource,
    spec,
    stack_messages,
    unjudged,
)

RULE = "data-class-protected"
DOMAIN = "agent-platform.dev"
CLASS = f"{DOMAIN}/data-class"
KEPT = {f"{DOMAIN}/residency": "eu-central-1", f"{DOMAIN}/retention-days": "30", f"{DOMAIN}/audit": "true"}
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"


def workload(
    kind: str = "kubernetes:apps/v1:Deployment", declared: object = "health", pod: Any = None, **changed: object
) -> Resource:
    annotations = {name: changed.get(name.partition("/")[2].replace("-", "_"), value) for name, value in KEPT.items()}
    return owned(spec() if pod is None else pod, kind, {"labels": {CLASS: declared}, "annotations": annotations})


def claim(storage: object = "gp3-encrypted", declared: object = "health", name: object = "data") -> Resource:
    metadata = {"name": name, "namespace": NAMESPACE, "labels": {CLASS: declared}, "annotations": dict(KEPT)}
    return resource({"metadata": metadata, "spec": {"storageClassName": storage}}, CLAIM, "claim")


def namespace(residency: object = "eu-central-1", kind: str = "Namespace", name: object = NAMESPACE) -> Resource:
    metadata = {"name": name, "annotations": {f"{DOMAIN}/residency": residency}}
    return resource({"metadata": metadata}, f"kubernetes:core/v1:{kind}", "namespace")


@pytest.mark.parametrize("kind", KINDS)
def test_a_workload_that_says_all_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, workload(kind)) == []
    assert unjudged(RULE, workload(kind)) == []


@pytest.mark.parametrize("kind", WHOLE)
def test_each_missing_declaration_is_refused_in_every_kind(kind: str) -> None:
    residency, retention, audit = refused(RULE, workload(kind, residency=None, retention_days=None, audit=None))
    assert 'annotations["agent-platform.dev/residency"] is not set. Fix: name a region.' in residency
    assert "is not set. Fix: name a number of days, from 1 to 365." in retention
    assert 'is not set. Fix: set it to "true".' in audit


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_may_lack_them(kind: str) -> None:
    assert refused(RULE, workload(kind, residency=None, retention_days=None, audit=None)) == []
    assert len(refused(RULE, workload(kind, audit="false"))) == 1


@pytest.mark.parametrize("declared", ["personal", "health", "financial", "Health"])
def test_the_classes_of_the_list_are_protected(declared: str) -> None:
    assert len(refused(RULE, workload(declared=declared, audit=None))) == 1


@pytest.mark.parametrize("declared", [None, "public", "", "healthy"])
def test_other_classes_are_not(declared: object) -> None:
    assert refused(RULE, workload(declared=declared, audit=None)) == []


def test_the_list_of_classes_is_an_option() -> None:
    assert refused(RULE, workload(audit=None), classes=["Secret"]) == []
    assert len(refused(RULE, workload(declared="secret", audit=None), classes=["x", "Secret"])) == 1


@pytest.mark.parametrize("kind", ["labels", "annotations"])
def test_a_class_may_be_a_label_or_an_annotation_of_pod_or_object(kind: str) -> None:
    metadata = {"name": "web", kind: {CLASS: "health"}}
    assert len(refused(RULE, owned(spec(), metadata=metadata))) == 3
    judged = owned(spec())
    assert isinstance(judged.properties, dict)
    assert len(refused(RULE, judged._replace(properties={**judged.properties, "metadata": metadata}))) == 3


def test_the_objects_annotations_go_before_its_pods() -> None:
    judged = workload()
    assert isinstance(judged.properties, dict)
    metadata = {"annotations": {f"{DOMAIN}/audit": "false"}}
    (message,) = refused(RULE, judged._replace(properties={**judged.properties, "metadata": metadata}))
    assert ': metadata.annotations["agent-platform.dev/audit"] is "false"' in message


@pytest.mark.parametrize(
    ("days", "passes"),
    [
        *(("1", True), ("365", True), ("366", False), ("0", False), ("-1", False), ("1.5", False), ("", False)),
        *(("000365", True), ("0000365", False), ("9" * 5000, False), ("٣", False), (" 3", False), (30, False)),
    ],
)
def test_retention_is_a_whole_number_up_to_the_ceiling(days: object, passes: bool) -> None:
    assert (refused(RULE, workload(retention_days=days)) == []) is passes


def test_the_ceiling_of_retention_is_an_option() -> None:
    assert refused(RULE, workload(), longestRetention=30) == []
    assert "from 1 to 29" in refused(RULE, workload(), longestRetention=29)[0]


@pytest.mark.parametrize("audit", ["True", "false", "", True, "yes"])
def test_audit_is_true_in_so_many_letters(audit: object) -> None:
    assert len(refused(RULE, workload(audit=audit))) == 1


def test_residency_is_one_of_the_regions_if_there_is_a_list() -> None:
    assert refused(RULE, workload(), regions=["eu-west-1", "eu-central-1"]) == []
    (message,) = refused(RULE, workload(), regions=["eu-west-1", "eu-west-2"])
    assert 'is "eu-central-1". Fix: name eu-west-1 or eu-west-2.' in message
    assert len(refused(RULE, workload(residency=""))) == 1


def test_unknown_declarations_are_not_judged() -> None:
    assert len(unjudged(RULE, workload(audit=UNKNOWN))) == 1
    assert "data-class" in unjudged(RULE, workload(declared=UNKNOWN, audit=None))[0]
    assert unjudged(RULE, workload(declared=UNKNOWN)) == []
    assert refused(RULE, workload(declared=UNKNOWN, audit=None)) == []


def test_a_class_of_the_wrong_type_is_refused_where_something_lacks() -> None:
    assert "belongs" in refused(RULE, workload(declared=7, audit=None))[0]
    assert refused(RULE, workload(declared=7)) == []
    metadata = {"labels": UNKNOWN, "annotations": {CLASS: ["x"]}}
    assert "belongs" in refused(RULE, owned(spec(), metadata=metadata))[0]


@pytest.mark.parametrize(("storage", "count"), [("gp3-encrypted", 0), ("gp2", 1), (None, 1), ("", 1), (7, 1)])
def test_a_claim_needs_an_encrypted_storage_class(storage: object, count: int) -> None:
    assert len(refused(RULE, claim(storage))) == count
    template = {"metadata": {"name": "d"}, "spec": {"storageClassName": storage}}
    sts = workload("kubernetes:apps/v1:StatefulSet")
    assert isinstance(sts.properties, dict)
    claims = {**sts.properties["spec"], "volumeClaimTemplates": [template]}
    assert len(refused(RULE, sts._replace(properties={**sts.properties, "spec": claims}))) == count
    assert len(refused(RULE, workload(pod=spec(volumes=[{"name": "e"}, volume(template)])))) == count


def volume(template: object) -> dict[str, Any]:
    return {"name": "d", "ephemeral": {"volumeClaimTemplate": template}}


def test_the_encrypted_storage_classes_are_an_option() -> None:
    assert refused(RULE, claim("fast"), encryptedStorageClasses=["x", "fast"]) == []
    assert "use an encrypted storage class: x, y." in refused(RULE, claim(), encryptedStorageClasses=["x", "y"])[0]
    assert "have one listed" in refused(RULE, claim(), encryptedStorageClasses=[])[0]


def test_a_claim_must_say_the_rest_too_and_other_objects_need_not() -> None:
    bare = {"metadata": {"labels": {CLASS: "health"}}, "spec": {}}
    assert len(refused(RULE, resource(bare, CLAIM))) == 4
    assert refused(RULE, resource(bare, f"{CLAIM}Patch")) == []
    assert refused(RULE, resource(bare, "kubernetes:core/v1:ConfigMap")) == []
    assert refused(RULE, resource(bare, "kubernetes:core/v1:Service")) == []
    assert len(refused(RULE, resource({"items": [bare]}, f"{CLAIM}List"))) > 0


@pytest.mark.parametrize(("empty", "count"), [({}, 1), ({"medium": ""}, 1), ({"medium": "Memory"}, 0)])
def test_scratch_space_must_be_in_memory_if_the_option_says_so(empty: object, count: int) -> None:
    judged = workload(pod=spec(volumes=[{"name": "c", "configMap": {}}, {"name": "s", "emptyDir": empty}]))
    assert refused(RULE, judged) == []
    found = refused(RULE, judged, scratchInMemory=True)
    assert len(found) == count
    assert all(message.endswith("Fix: set medium to Memory.") for message in found)


@pytest.mark.parametrize(("residency", "count"), [("eu-central-1", 0), ("us-east-1", 1), (None, 1), (7, 1)])
def test_the_namespace_of_the_stack_says_the_same_residency(residency: object, count: int) -> None:
    found = stack_messages(RULE, workload(), namespace(residency), namespace("us-east-1", name="other"))
    assert len(found) == count
    assert all(
        "Deployment" in message and f'namespace "{NAMESPACE}": metadata.annotations' in message for message in found
    )
    assert len(stack_messages(RULE, claim(), namespace(residency))) == count


def test_what_the_stack_cannot_show_of_a_namespace() -> None:
    assert stack_messages(RULE, workload()) == []
    assert stack_messages(RULE, workload(residency=None), namespace("us-east-1")) == []
    assert stack_messages(RULE, workload(declared="public"), namespace("us-east-1")) == []
    assert stack_messages(RULE, workload(), namespace(None, "NamespacePatch")) == []
    assert stack_messages(RULE, workload(), namespace("us-east-1", "ConfigMap")) == []
    assert stack_messages(RULE, workload(), namespace(UNKNOWN))[0].startswith("could not judge")
    lost = workload()
    assert isinstance(lost.properties, dict)
    lost = lost._replace(properties={**lost.properties, "metadata": {"namespace": UNKNOWN}})
    assert stack_messages(RULE, lost, namespace())[0].startswith("could not judge")


def test_a_namespace_of_an_unknown_name_may_be_the_one() -> None:
    assert stack_messages(RULE, workload(), namespace(name=UNKNOWN)) == []
    (message,) = stack_messages(RULE, workload(), namespace("us-east-1", name=UNKNOWN))
    assert message.startswith("could not judge 1 value")


def test_a_secret_namespace_is_not_shown() -> None:
    hidden = workload()
    assert isinstance(hidden.properties, dict)
    metadata = {**hidden.properties["metadata"], "namespace": Secret(NAMESPACE)}
    hidden = hidden._replace(properties={**hidden.properties, "metadata": metadata})
    (message,) = stack_messages(RULE, hidden, namespace("us-east-1"))
    assert "namespace a secret value: metadata.annotations" in message
    assert NAMESPACE not in message


def mounting(name: object) -> Resource:
    return workload(pod=spec(volumes=[{"name": "t"}, {"name": "d", "persistentVolumeClaim": {"claimName": name}}]))


def test_a_mounted_claim_declares_a_class_itself() -> None:
    assert stack_messages(RULE, mounting("data"), claim()) == []
    assert stack_messages(RULE, mounting("data"), claim(declared=UNKNOWN)) == []
    (message,) = stack_messages(RULE, mounting("data"), claim(declared=None), claim(name="other"))
    assert 'claimName is "data", a claim that declares no class. Fix: give the claim the label' in message
    assert "Deployment" in message


@pytest.mark.parametrize("name", ["elsewhere", UNKNOWN, 7])
def test_a_claim_that_the_stack_does_not_show_is_not_judged(name: object) -> None:
    (message,) = stack_messages(RULE, mounting(name), claim(declared=None))
    assert message.startswith("could not judge 1 value")
    assert "claimName" in message


def test_a_secret_claim_name_is_not_shown() -> None:
    (message,) = stack_messages(RULE, mounting(Secret("data")), claim(declared=None))
    assert '"data"' not in message


def listed(*workloads: Resource) -> Resource:
    """The workloads as items of one List, named a, b and so on."""
    items: list[Any] = [each.properties for each in workloads]
    named = [{**item, "metadata": {**item["metadata"], "name": name}} for name, item in zip("abc", items, strict=False)]
    return resource({"items": named}, "kubernetes:apps/v1:DeploymentList")


@pytest.mark.parametrize("others", [(), (claim(declared=None),), (claim(), namespace("us-east-1"))])
def test_each_workload_of_a_list_is_told_by_its_name(others: tuple[Resource, ...]) -> None:
    found = "".join(stack_messages(RULE, listed(mounting("data"), mounting("data")), *others))
    assert 'apps/Deployment "a": ' in found
    assert 'apps/Deployment "b": ' in found


def test_scratch_space_of_a_list_is_told_by_the_name_of_its_workload() -> None:
    scratch = workload(pod=spec(volumes=[{"name": "s", "emptyDir": {}}]))
    first, second = refused(RULE, listed(scratch, scratch), scratchInMemory=True)
    assert ['apps/Deployment "a": pod' in first, 'apps/Deployment "b": pod' in second] == [True, True]
    assert "apps/Deployment" not in refused(RULE, scratch, scratchInMemory=True)[0]
