"""pod-no-host-port: Pod Security Standards, baseline, Host Ports."""

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

RULE = "pod-no-host-port"


def ported(*ports: object) -> dict[str, object]:
    return {**container("odd"), "ports": [{"containerPort": 8080, "hostPort": port} for port in ports]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_host_port_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, ported(8443)), kind))
    assert 'container "odd"' in message
    assert "ports[0].hostPort is 8443" in message
    assert "Fix: remove hostPort" in message


def test_every_host_port_is_named() -> None:
    found = refused(RULE, owned(with_container("containers", ported(1, 0, 3))))
    assert ["ports[0]" in found[0], "ports[2]" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_zero_null_and_no_host_port_pass_in_every_kind(kind: str) -> None:
    pod = spec(containers=[ported(0, None), {**container("b"), "ports": [{"containerPort": 1}]}, container("c")])
    assert refused(RULE, owned(pod, kind)) == []


def test_unknown_ports_are_counted() -> None:
    pod = spec(containers=[ported(UNKNOWN, UNKNOWN), {**container("b"), "ports": UNKNOWN}])
    assert "could not judge 3 values" in unjudged(RULE, owned(pod))[0]


@pytest.mark.parametrize("value", ["0", "8080", False, 0.5, {}])
def test_a_host_port_of_the_wrong_type_is_refused(value: object) -> None:
    assert "where a whole number belongs" in refused(RULE, owned(spec(containers=[ported(value)])))[0]


def test_ports_that_are_no_list_are_refused() -> None:
    pod = spec(containers=[{**container(), "ports": "8080:80"}])
    assert "ports is a string where a list belongs" in refused(RULE, owned(pod))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
def test_a_mended_container_has_no_host_port_and_passes(where: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container(where, ported(8443, 0, "80")), kind))
    kept = {**container("odd"), "ports": [{"containerPort": 8080}, {"containerPort": 8080, "hostPort": 0}]}
    kept["ports"].append({"containerPort": 8080})
    assert judged == owned(with_container(where, kept), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged
