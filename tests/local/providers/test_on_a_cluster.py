"""On a real API server: what the recordings do not show."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped] # it ships no type information

from local.providers.kubernetes import configuration
from local.providers.kubernetes.cluster import Cluster
from local.providers.values import Secret, decode
from tests.local.providers.plugin import CallFailedError, Context, Plugin

pytestmark = pytest.mark.cluster

CONFIG_MAP = "core/v1:ConfigMap"


@pytest.fixture(name="namespace")
def _namespace(kubeconfig: Path) -> Iterator[str]:
    """A namespace of the test's own."""
    plugin, name = Plugin(kubeconfig), f"provider-{uuid.uuid4().hex[:8]}"
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    identifier, state = plugin.create("core/v1:Namespace", inputs)
    yield name
    plugin.delete("core/v1:Namespace", identifier, state)


def config_map(namespace: str, *, annotations: dict[str, str] | None = None, **data: Any) -> dict[str, Any]:
    metadata = {"name": "cm", "namespace": namespace} | ({"annotations": annotations} if annotations else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(namespace: str, **more: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "c", "image": "registry.example/c:1"}], **more}
    template = {"metadata": {"labels": {"app": "d"}}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "namespace": namespace},
        "spec": {"selector": {"matchLabels": {"app": "d"}}, "template": template},
    }


def test_an_object_that_exists_is_not_taken_over(kubeconfig: Path, namespace: str) -> None:
    plugin = Plugin(kubeconfig)
    plugin.create(CONFIG_MAP, config_map(namespace, a="1"))
    with pytest.raises(CallFailedError, match=r"(?s)already exists.*upsertExistingObjects"):
        plugin.create(CONFIG_MAP, config_map(namespace, a="2"))


def test_a_rerun_adopts_what_a_killed_run_left_when_the_provider_upserts(kubeconfig: Path, namespace: str) -> None:
    inputs = config_map(namespace, annotations={"pulumi.com/patchFieldManager": "ours"}, a="1")
    killed = Plugin(kubeconfig, upsertExistingObjects="true").create(CONFIG_MAP, inputs)
    again = Plugin(kubeconfig, upsertExistingObjects="true").create(CONFIG_MAP, inputs)
    assert again[0] == killed[0]
    assert again[1]["metadata"]["uid"] == killed[1]["metadata"]["uid"]


def test_a_refusal_that_quotes_a_secret_has_it_struck_out(kubeconfig: Path, namespace: str) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s", "namespace": namespace},
        "spec": {"type": Secret("hunter2-type"), "ports": [{"port": 80}]},
    }
    with pytest.raises(CallFailedError, match=r"(?s)spec\.type.*\[secret\]") as caught:
        Plugin(kubeconfig).create("core/v1:Service", service, preview=True)
    assert "hunter2" not in str(caught.value)


def test_a_conflict_names_the_owner_the_field_and_the_way_out(kubeconfig: Path, namespace: str) -> None:
    theirs = Plugin(kubeconfig, upsertExistingObjects="true")
    theirs.create(CONFIG_MAP, config_map(namespace, annotations={"pulumi.com/patchFieldManager": "theirs"}, a="1"))
    with pytest.raises(CallFailedError, match=r"(?s)\.data\.a.*theirs.*patchForce"):
        theirs.create(CONFIG_MAP, config_map(namespace, annotations={"pulumi.com/patchFieldManager": "ours"}, a="2"))


def test_an_object_that_never_gets_ready_is_kept_with_the_reasons(kubeconfig: Path, namespace: str) -> None:
    with pytest.raises(CallFailedError, match=r"(?s)was created and is not ready.*timed out") as caught:
        Plugin(kubeconfig).create("apps/v1:Deployment", deployment(namespace, nodeSelector={"no": "where"}), timeout=2)
    kept = caught.value.kept
    assert kept is not None
    assert kept.id == f"{namespace}/d"
    assert kept.properties["metadata"]["uid"]
    assert any("Minimum number of live Pods" in reason for reason in kept.reasons)
    assert "node" in kept.reasons[0]


def test_cancelling_ends_a_wait_and_keeps_the_object(kubeconfig: Path, namespace: str) -> None:
    plugin = Plugin(kubeconfig)
    timer = threading.Timer(1, lambda: plugin.servicer.Cancel(empty_pb2.Empty(), Context()))
    timer.start()
    started = time.monotonic()
    with pytest.raises(CallFailedError, match="cancelled") as caught:
        plugin.create("apps/v1:Deployment", deployment(namespace, nodeSelector={"no": "where"}))
    timer.join()
    assert time.monotonic() - started < 60
    assert caught.value.kept is not None


def test_a_malformed_wait_is_refused_before_anything_is_made(kubeconfig: Path, namespace: str) -> None:
    plugin = Plugin(kubeconfig)
    inputs = config_map(namespace, annotations={"pulumi.com/waitFor": "ready"}, a="1")
    with pytest.raises(CallFailedError, match="jsonpath="):
        plugin.create(CONFIG_MAP, inputs)
    assert plugin.read(CONFIG_MAP, f"{namespace}/cm").id == ""


def test_a_wait_for_a_field_ends_when_it_is_there(kubeconfig: Path, namespace: str) -> None:
    annotations = {"pulumi.com/waitFor": '["jsonpath={.data.a}=1", "jsonpath={.metadata.uid}"]'}
    identifier, _ = Plugin(kubeconfig).create(CONFIG_MAP, config_map(namespace, annotations=annotations, a="1"))
    assert identifier == f"{namespace}/cm"


def test_deleting_what_is_gone_is_fine(kubeconfig: Path, namespace: str) -> None:
    plugin = Plugin(kubeconfig)
    identifier, state = plugin.create(CONFIG_MAP, config_map(namespace, a="1"))
    plugin.delete(CONFIG_MAP, identifier, state)
    plugin.delete(CONFIG_MAP, identifier, state)
    assert plugin.read(CONFIG_MAP, identifier, state, state["__inputs"]).id == ""


def test_an_unchanged_object_has_no_diff_though_the_server_filled_it_in(kubeconfig: Path, namespace: str) -> None:
    plugin = Plugin(kubeconfig)
    inputs = deployment(namespace)
    inputs["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    _, state = plugin.create("apps/v1:Deployment", inputs)
    assert plugin.diff("apps/v1:Deployment", state, inputs).changes == 1


def test_what_the_server_warns_of_is_passed_on(kubeconfig: Path, namespace: str) -> None:
    heard: list[str] = []
    cluster = Cluster(configuration.read({"kubernetes:config:kubeconfig": str(kubeconfig)}))
    pod = {"containers": [{"name": "c", "image": "c", "unheard": 1}]}
    obj = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": namespace}, "spec": pod}
    with cluster.http.listening(heard.append):
        cluster.create(obj, "m", dry_run=True)
    assert heard == ['unknown field "spec.containers[0].unheard"']


def test_an_ignored_field_of_somebody_else_leaves_the_inputs_in_the_state_too(kubeconfig: Path, namespace: str) -> None:
    plugin = Plugin(kubeconfig, enableConfigMapMutable="true")
    identifier, state = plugin.create(CONFIG_MAP, config_map(namespace, a="1", b="1"))
    cluster = Cluster(configuration.read({"kubernetes:config:kubeconfig": str(kubeconfig)}))
    cluster.apply(config_map(namespace, a="9"), "somebody", force=True, dry_run=False)
    news = config_map(namespace, a="1", b="2")
    state = plugin.update(CONFIG_MAP, identifier, state, news, ignored=("data.a",))
    assert state["data"] == {"a": "9", "b": "2"}
    assert state["__inputs"]["data"] == {"b": "2"}


def test_an_id_without_a_namespace_means_the_default_one_whatever_the_provider_says(
    kubeconfig: Path, namespace: str
) -> None:
    answer = Plugin(kubeconfig, namespace=namespace).read(CONFIG_MAP, "kube-root-ca.crt")
    assert decode(answer.properties)["metadata"]["namespace"] == "default"


def test_a_patch_lets_go_of_what_is_gone_as_the_official_plugin_does(kubeconfig: Path, namespace: str) -> None:
    plugin, token = Plugin(kubeconfig), "core/v1:ConfigMapPatch"
    identifier, state = plugin.create(token, config_map(namespace, a="1"))
    plugin.delete(CONFIG_MAP, identifier, state)
    plugin.delete(token, identifier, state)
    left = decode(plugin.read(CONFIG_MAP, identifier).properties)
    assert "data" not in left
    assert "managedFields" not in left["metadata"]
