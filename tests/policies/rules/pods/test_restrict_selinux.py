"""pod-selinux: Pod Security Standards, baseline, SELinux."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import KINDS, LISTS, container, owned, refused, spec, unjudged, with_container

RULE = "pod-selinux"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_another_type_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    changed = container("odd", seLinuxOptions={"type": "spc_t"})
    (message,) = refused(RULE, owned(with_container(where, changed), kind))
    assert 'container "odd"' in message
    assert 'securityContext.seLinuxOptions.type is "spc_t"' in message
    assert "Fix: use container_engine_t, container_init_t, container_kvm_t, container_t" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["user", "role"])
def test_a_user_and_a_role_are_refused_in_every_kind(kind: str, key: str) -> None:
    (message,) = refused(RULE, owned(spec(securityContext={"seLinuxOptions": {key: "sysadm"}}), kind))
    assert f'securityContext.seLinuxOptions.{key} is "sysadm"' in message
    assert f"Fix: remove {key}" in message


def test_type_user_and_role_are_each_named() -> None:
    options = {"type": "x", "user": "y", "role": "z"}
    assert len(refused(RULE, owned(spec(containers=[container(seLinuxOptions=options)])))) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value", ["container_t", "container_init_t", "container_kvm_t", "container_engine_t", "", None]
)
def test_the_types_of_the_standard_pass_in_every_kind(kind: str, value: object) -> None:
    options = {"type": value, "user": "", "role": None, "level": "s0:c123,c456"}
    pod = spec(securityContext={"seLinuxOptions": options}, containers=[container(seLinuxOptions=options)])
    assert refused(RULE, owned(pod, kind)) == []


def test_container_engine_t_is_allowed_from_1_31_on() -> None:
    judged = owned(spec(containers=[container(seLinuxOptions={"type": "container_engine_t"})]))
    assert len(refused(RULE, judged, kubernetesVersion="1.30")) == 1
    assert refused(RULE, judged, kubernetesVersion="1.31") == []


def test_unknown_options_are_counted() -> None:
    pod = spec(containers=[container(seLinuxOptions={"type": UNKNOWN, "user": UNKNOWN})])
    assert "could not judge 2 values" in unjudged(RULE, owned(pod))[0]


def test_options_of_the_wrong_type_are_refused() -> None:
    pod = spec(containers=[container(seLinuxOptions="container_t")])
    assert "seLinuxOptions is a string where an object belongs" in refused(RULE, owned(pod))[0]
