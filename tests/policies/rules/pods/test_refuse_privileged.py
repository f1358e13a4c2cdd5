"""pod-no-privileged: Pod Security Standards, baseline, Privileged Containers."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
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

RULE = "pod-no-privileged"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_privileged_container_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", privileged=True)), kind))
    assert kind in message
    assert '"web"' in message
    assert '"odd"' in message
    assert "securityContext.privileged is true" in message
    assert "Fix: set securityContext.privileged to false" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_that_is_not_privileged_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[container(privileged=False), container("b")]), kind)) == []
    assert refused(RULE, owned(spec(containers=[container(privileged=None), {"name": "bare"}]), kind)) == []


def test_every_privileged_container_is_named_not_only_the_first() -> None:
    pod = spec(
        containers=[container("one", privileged=True), container("two", privileged=True)],
        initContainers=[container("three", privileged=True)],
    )
    found = refused(RULE, owned(pod))
    assert len(found) == 3
    assert "(spec.template.spec.initContainers[0])" in "".join(found)
    assert "(spec.template.spec.containers[1])" in "".join(found)


def test_an_unknown_privileged_is_not_judged_and_says_where() -> None:
    pod = with_container("initContainers", container("setup", privileged=UNKNOWN))
    (message,) = unjudged(RULE, owned(pod))
    assert message.startswith("could not judge 1 value of kubernetes:apps/v1:Deployment")
    assert 'container "setup" (spec.template.spec.initContainers[0]): securityContext.privileged' in message


@pytest.mark.parametrize("value", ["true", "false", 1, [], {}])
def test_a_privileged_of_the_wrong_type_is_refused(value: object) -> None:
    (message,) = refused(RULE, owned(spec(containers=[container(privileged=value)])))
    assert "where a boolean belongs" in message


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "Workflow" not in kind])
@pytest.mark.parametrize("where", LISTS)
def test_a_mended_container_is_not_privileged_and_passes(kind: str, where: str) -> None:
    judged = mended(RULE, owned(with_container(where, container("odd", privileged=True)), kind))
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged
