"""pod-no-host-process: Pod Security Standards, baseline, HostProcess."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import KINDS, LISTS, container, owned, refused, spec, unjudged, with_container

RULE = "pod-no-host-process"
ON = {"hostProcess": True}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_host_process_container_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", windowsOptions=ON)), kind))
    assert 'container "odd"' in message
    assert "securityContext.windowsOptions.hostProcess is true" in message
    assert "Fix: set hostProcess to false" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_process_pod_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(spec(securityContext={"windowsOptions": ON}), kind))
    assert ": pod " in message


def test_a_windows_pod_is_not_exempt() -> None:
    assert len(refused(RULE, owned(spec(os={"name": "windows"}, securityContext={"windowsOptions": ON})))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{"hostProcess": False}, {"hostProcess": None}, {}, None])
def test_other_windows_options_pass_in_every_kind(kind: str, options: object) -> None:
    pod = spec(securityContext={"windowsOptions": options}, containers=[container(windowsOptions=options)])
    assert refused(RULE, owned(pod, kind)) == []


def test_unknown_windows_options_are_not_judged() -> None:
    assert len(unjudged(RULE, owned(spec(containers=[container(windowsOptions=UNKNOWN)])))) == 1


def test_windows_options_of_the_wrong_type_are_refused() -> None:
    pod = spec(containers=[container(windowsOptions=[])])
    assert "securityContext.windowsOptions is a list where an object belongs" in refused(RULE, owned(pod))[0]
