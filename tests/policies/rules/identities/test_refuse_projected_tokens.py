"""sandbox-no-projected-token: rule 8 of agent-sandbox's admission policies."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import KINDS, owned, refused, resource, spec, template, unjudged

RULE = "sandbox-no-projected-token"
AGENT = {"labels": {"app.kubernetes.io/component": "agent"}}
SANDBOXES = [kind for kind in KINDS if "agents.x-k8s.io" in kind]
SOURCES = ("serviceAccountToken", "clusterTrustBundle", "podCertificate")


def projected(*sources: Any) -> dict[str, Any]:
    volumes = [{"name": "tmp", "emptyDir": {}}, {"name": "id", "projected": {"sources": list(sources)}}]
    return spec(volumes=volumes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", SOURCES)
def test_a_proof_of_identity_is_refused_in_an_agent_of_every_kind(kind: str, source: str) -> None:
    (message,) = refused(RULE, owned(projected({"configMap": {"name": "a"}}, {source: {"path": "x"}}), kind, AGENT))
    assert f"volumes[1].projected.sources[1].{source} gives the pod a {source} by volume " in message
    assert '"id"' in message
    assert "Fix: remove this source" in message


@pytest.mark.parametrize("kind", KINDS)
def test_other_sources_pass_in_every_kind(kind: str) -> None:
    pod = projected({"configMap": {"name": "a"}}, {"secret": {"name": "a"}}, {"downwardAPI": {}}, {})
    assert refused(RULE, owned(pod, kind, AGENT)) == []
    assert refused(RULE, owned(spec(), kind, AGENT)) == []


@pytest.mark.parametrize(
    "labels", [{"app.kubernetes.io/component": "agent"}, {"agent-platform.dev/trust": "untrusted"}]
)
def test_an_agent_is_known_by_either_label(labels: dict[str, str]) -> None:
    assert len(refused(RULE, owned(projected({"podCertificate": {}}), metadata={"labels": labels}))) == 1


@pytest.mark.parametrize("kind", SANDBOXES)
def test_a_sandbox_is_an_agent_without_any_label(kind: str) -> None:
    assert len(refused(RULE, owned(projected({"podCertificate": {}}), kind, {}))) == 1


@pytest.mark.parametrize(
    "labels", [None, {}, {"app.kubernetes.io/component": "controller", "agent-platform.dev/trust": "trusted"}]
)
def test_other_pods_are_judged_if_the_option_says_so(labels: object) -> None:
    judged = owned(projected({"podCertificate": {}}), metadata={"labels": labels})
    assert refused(RULE, judged) == []
    assert unjudged(RULE, judged) == []
    assert len(refused(RULE, judged, everyPod=True)) == 1


@pytest.mark.parametrize(
    "metadata",
    [UNKNOWN, {"labels": UNKNOWN}, {"labels": {"app.kubernetes.io/component": UNKNOWN}}],
)
def test_whether_a_pod_with_unknown_labels_is_an_agent_is_not_judged(metadata: Any) -> None:
    kind = "kubernetes:batch/v1:Job"
    judged = owned(projected({"podCertificate": {}}), kind, metadata)
    assert "labels" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
    assert unjudged(RULE, owned(spec(), kind, metadata)) == []
    assert len(refused(RULE, judged, everyPod=True)) == 1


def test_one_known_label_makes_an_agent_beside_an_unknown_one() -> None:
    labels = {"app.kubernetes.io/component": UNKNOWN, "agent-platform.dev/trust": "untrusted"}
    assert len(refused(RULE, owned(projected({"podCertificate": {}}), metadata={"labels": labels}))) == 1


@pytest.mark.parametrize("labels", ["agent", {"app.kubernetes.io/component": ["agent"]}])
def test_labels_that_nobody_can_read_are_an_agents(labels: object) -> None:
    assert len(refused(RULE, owned(projected({"podCertificate": {}}), metadata={"labels": labels}))) == 1


def test_every_source_is_told_and_an_unnamed_volume_too() -> None:
    pod = projected(*({name: {}} for name in SOURCES))
    del pod["volumes"][1]["name"]
    found = refused(RULE, owned(pod, metadata=AGENT))
    assert len(found) == 3
    assert "by a volume" in found[0]


def test_unknown_sources_are_not_judged_and_wrong_types_refused() -> None:
    assert len(unjudged(RULE, owned(projected({"podCertificate": UNKNOWN}), metadata=AGENT))) == 1
    assert len(unjudged(RULE, owned(spec(volumes=UNKNOWN), metadata=AGENT))) == 1
    assert "belongs" in refused(RULE, owned(projected({"podCertificate": True}), metadata=AGENT))[0]


def test_a_sandbox_of_a_list_of_its_kind_is_an_agent() -> None:
    listed = {"items": [{"spec": {"podTemplate": template(projected({"podCertificate": {}}), {})}}]}
    assert len(refused(RULE, resource(listed, "kubernetes:agents.x-k8s.io/v1alpha1:SandboxList"))) == 1
