"""What the offline provider does not do is refused in words, and an unreachable cluster never costs a resource."""

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped] # it ships no type information
from pulumi.runtime.proto import provider_pb2 as proto

from local.providers.kubernetes import configuration
from local.providers.kubernetes.transport import Limiter
from local.providers.values import encode
from tests.local.providers.plugin import CallFailedError, Context, Plugin, urn

CONFIG_MAP = "core/v1:ConfigMap"
INPUTS: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm", "namespace": "ns"}}
STATE = {**INPUTS, "__inputs": INPUTS, "__fieldManager": "m", "__initialApiVersion": "v1"}
NOBODY = json.dumps(
    {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u", "namespace": "team"}}],
        "clusters": [{"name": "k", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {}}],
    }
)


@pytest.fixture(name="nobody")
def _nobody() -> Plugin:
    """A provider whose cluster does not answer."""
    return Plugin(NOBODY)


def test_reading_from_an_unreachable_cluster_is_an_error(nobody: Plugin) -> None:
    with pytest.raises(CallFailedError, match=r"(?s)unreachable.*deleteUnreachable"):
        nobody.read(CONFIG_MAP, "ns/cm", STATE, INPUTS)


def test_deleting_on_an_unreachable_cluster_is_an_error(nobody: Plugin) -> None:
    with pytest.raises(CallFailedError, match="unreachable"):
        nobody.delete(CONFIG_MAP, "ns/cm", STATE)


def test_creating_on_an_unreachable_cluster_is_an_error_and_a_preview_goes_on(nobody: Plugin) -> None:
    assert nobody.create(CONFIG_MAP, INPUTS, preview=True)[1] == INPUTS
    with pytest.raises(CallFailedError, match=r"127\.0\.0\.1:1 does not answer: .*Connection refused"):
        nobody.create(CONFIG_MAP, INPUTS)


def test_an_unreachable_clusters_resources_leave_the_state_when_asked_to() -> None:
    plugin = Plugin(NOBODY, deleteUnreachable="true")
    assert plugin.read(CONFIG_MAP, "ns/cm", STATE, INPUTS).id == ""
    plugin.delete(CONFIG_MAP, "ns/cm", STATE)


def test_an_unreachable_clusters_resources_stay_as_they_were_when_asked_to() -> None:
    plugin = Plugin(NOBODY, skipUpdateUnreachable="true")
    assert plugin.read(CONFIG_MAP, "ns/cm", STATE, INPUTS).id == "ns/cm"
    assert plugin.check(CONFIG_MAP, {**INPUTS, "data": {"a": "1"}}, INPUTS) == INPUTS


def test_a_kubeconfig_that_is_none_is_told_when_the_cluster_is_needed(tmp_path: Path) -> None:
    with pytest.raises(CallFailedError, match="neither the path of a file nor"):
        Plugin(str(tmp_path / "absent")).read(CONFIG_MAP, "ns/cm", STATE, INPUTS)


def test_the_contexts_namespace_is_used_where_none_is_given(nobody: Plugin) -> None:
    checked = nobody.check(CONFIG_MAP, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm"}})
    assert checked["metadata"] == {"name": "cm", "namespace": "team"}


def test_rendering_to_a_folder_is_refused_and_says_who_does_it() -> None:
    with pytest.raises(CallFailedError, match=r"(?s)renderYamlToDirectory.*official kubernetes plugin"):
        Plugin(NOBODY, renderYamlToDirectory="out")


def test_a_helm_release_is_refused(nobody: Plugin) -> None:
    with pytest.raises(CallFailedError, match="Helm releases are not supported by the offline provider"):
        nobody.check("helm.sh/v3:Release", {"chart": "x"})


def test_a_list_is_refused(nobody: Plugin) -> None:
    with pytest.raises(CallFailedError, match="make a resource of each of its items"):
        nobody.check("core/v1:ConfigMapList", {"items": []})


@pytest.mark.parametrize("token", ["kubernetes:yaml:decode", "kubernetes:helm:template"])
def test_functions_are_refused(nobody: Plugin, token: str) -> None:
    with pytest.raises(CallFailedError, match=f"{token} is not supported by the offline provider"):
        nobody.servicer.Invoke(proto.InvokeRequest(tok=token), Context())


def test_components_are_refused(nobody: Plugin) -> None:
    with pytest.raises(CallFailedError, match="resources of their own"):
        nobody.servicer.Construct(proto.ConstructRequest(type="kubernetes:yaml/v2:ConfigGroup"), Context())


def test_a_generated_name_is_refused_with_server_side_apply(nobody: Plugin) -> None:
    with pytest.raises(CallFailedError, match="generateName"):
        nobody.check(CONFIG_MAP, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}})


def test_a_patch_needs_a_name_and_server_side_apply(nobody: Plugin) -> None:
    with pytest.raises(CallFailedError, match=r"metadata\.name"):
        nobody.check("core/v1:ConfigMapPatch", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}})
    with pytest.raises(CallFailedError, match="server-side apply"):
        Plugin(NOBODY, enableServerSideApply="false").check("core/v1:ConfigMapPatch", INPUTS)


def test_limits_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(CallFailedError, match="kubeClientSettings must be"):
        Plugin(NOBODY, kubeClientSettings={"qps": "fast"})


def test_limits_of_the_client_are_read() -> None:
    settings = configuration.read({"kubernetes:config:kubeClientSettings": '{"qps": 50, "burst": 100, "timeout": 5}'})
    assert (settings.qps, settings.burst, settings.timeout) == (50, 100, 5)


def test_requests_within_the_burst_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("local.providers.kubernetes.transport.time.sleep", pauses.append)
    limiter = Limiter(qps=1, burst=3)
    for _ in range(5):
        limiter.wait()
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({}, {"namespace": "x"}, []),
        ({}, {"kubeconfig": NOBODY.replace("127.0.0.1:1", "other")}, ["kubeconfig"]),
        ({}, {"kubeconfig": NOBODY.replace("team", "x")}, []),
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, ["clusterIdentifier"]),
        (
            {"clusterIdentifier": "a"},
            {"clusterIdentifier": "a", "kubeconfig": NOBODY.replace("127.0.0.1:1", "other")},
            [],
        ),
    ],
)
def test_only_another_cluster_replaces_everything(old: Any, new: Any, replaces: list[str], nobody: Plugin) -> None:
    olds, news = {"kubeconfig": NOBODY, **old}, {"kubeconfig": NOBODY, **new}
    request = proto.DiffRequest(urn=urn("x"), olds=encode(olds), news=encode(news))
    assert list(nobody.servicer.DiffConfig(request, Context()).replaces) == replaces


def test_the_plugin_stands_in_for_the_version_that_the_sdk_wants(nobody: Plugin) -> None:
    assert nobody.servicer.GetPluginInfo(empty_pb2.Empty(), Context()).version == "4.34.2"
