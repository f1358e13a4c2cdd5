"""pod-no-host-probe: Pod Security Standards, baseline, Host Probes / Lifecycle Hooks (1.34 and later)."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    LISTS,
    container,
    mended,
    owned,
    refused,
    spec,
    unjudged,
    with_container,
)

RULE = "pod-no-host-probe"
HOOKS = (
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle.postStart",
    "lifecycle.preStop",
)


def hooked(hook: str, action: str, host: object) -> dict[str, Any]:
    handler: dict[str, Any] = {action: {"port": 80, "host": host}}
    first, _, second = hook.partition(".")
    return {**container("odd"), first: {second: handler} if second else handler}


@pytest.mark.parametrize("action", ["httpGet", "tcpSocket"])
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("where", LISTS)
def test_a_host_is_refused_in_every_probe_and_hook_of_every_list(where: str, hook: str, action: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, hooked(hook, action, "10.0.0.1"))))
    assert f'{hook}.{action}.host is "10.0.0.1"' in message
    assert 'container "odd"' in message
    assert "Fix: remove host" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_is_refused_in_every_kind(kind: str) -> None:
    assert len(refused(RULE, owned(spec(containers=[hooked("livenessProbe", "httpGet", "localhost")]), kind))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["", None])
def test_no_host_passes_in_every_kind(kind: str, host: object) -> None:
    pod = spec(containers=[hooked(hook, "httpGet", host) for hook in HOOKS])
    assert refused(RULE, owned(pod, kind)) == []


def test_the_standard_before_1_34_does_not_know_the_rule() -> None:
    pod = owned(spec(containers=[hooked("livenessProbe", "httpGet", "10.0.0.1")]))
    assert refused(RULE, pod, kubernetesVersion="1.33") == []
    assert len(refused(RULE, pod, kubernetesVersion="1.34")) == 1


def test_an_unknown_host_is_not_judged() -> None:
    pod = spec(containers=[hooked("lifecycle.preStop", "httpGet", UNKNOWN)])
    assert "lifecycle.preStop.httpGet.host" in unjudged(RULE, owned(pod))[0]


def test_a_probe_of_the_wrong_type_is_refused() -> None:
    pod = spec(containers=[{**container(), "livenessProbe": "GET /health"}])
    assert "livenessProbe is a string where an object belongs" in refused(RULE, owned(pod))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("action", ["httpGet", "tcpSocket"])
def test_a_mended_probe_asks_its_own_pod_and_passes(action: str, hook: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container("initContainers", hooked(hook, action, "10.0.0.1")), kind))
    expected = hooked(hook, action, "")
    first, _, second = hook.partition(".")
    handler = expected[first][second] if second else expected[first]
    del handler[action]["host"]
    assert judged == owned(with_container("initContainers", expected), kind)
    assert mended(RULE, judged) == judged


def test_nothing_is_mended_where_the_standard_does_not_know_the_rule() -> None:
    judged = owned(spec(containers=[hooked("livenessProbe", "httpGet", "10.0.0.1")]))
    assert mended(RULE, judged, kubernetesVersion="1.33") == judged
