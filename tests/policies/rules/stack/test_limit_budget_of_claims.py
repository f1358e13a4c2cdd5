"""stack-budget: devices that pods claim by dynamic resource allocation."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import NAMESPACE, spec, stack_messages
from tests.policies.rules.stack.builders import deployment, made, requesting

RULE = "stack-budget"


def found(*resources: Resource) -> list[str]:
    return stack_messages(RULE, *resources, gpus=4)


def asked_for(*counts: Any, **fields: Any) -> dict[str, Any]:
    return {"devices": {"requests": [{"exactly": {"count": count, **fields}} for count in counts]}}


def template(name: Any, *counts: Any, namespace: Any = NAMESPACE, **fields: Any) -> Resource:
    inner = {"spec": asked_for(*counts, **fields)}
    return made("resource.k8s.io/v1:ResourceClaimTemplate", name, namespace, spec=inner)


def claim(name: str, *counts: Any) -> Resource:
    return made("resource.k8s.io/v1:ResourceClaim", name, spec=asked_for(*counts))


def claiming(*names: Any, pod: Any = None, **fields: Any) -> Resource:
    claims = [{"name": str(index), "resourceClaimTemplateName": each} for index, each in enumerate(names)]
    return deployment(pod={**(pod or spec()), "resourceClaims": claims}, **fields)


def test_what_pods_claim_by_templates_of_the_stack_counts_for_every_pod() -> None:
    assert found(claiming("gpu", replicas=2), template("gpu", 2)) == []
    (message,) = found(claiming("gpu", replicas=3), template("gpu", 2))
    assert "asks for up to 6 of gpus, and the budget is 4" in message
    assert found(template("gpu", 9)) == []


def test_many_claims_of_one_pod_and_its_resources_add_up() -> None:
    assert "up to 6 of gpus" in found(claiming("one", "two", "two"), template("one", 1, 1), template("two", 2))[0]
    both = claiming("gpu", pod=requesting(**{"nvidia.com/gpu": 3}))
    assert "up to 5 of gpus" in found(both, template("gpu", 2))[0]


def test_a_claim_that_pods_share_counts_once() -> None:
    shared = {**spec(), "resourceClaims": [{"name": "gpu", "resourceClaimName": "gpu"}]}
    assert found(deployment(pod=shared, replicas=9), claim("gpu", 4)) == []
    assert "up to 5 of gpus" in found(deployment(pod=shared), claim("gpu", 4), claim("other", 1))[0]


@pytest.mark.parametrize(
    "others", [(), (template("other", 9),), (template("gpu", 9, namespace="media"),), (template(UNKNOWN, 9),)]
)
def test_a_template_that_is_not_in_the_stack_is_not_judged(others: tuple[Resource, ...]) -> None:
    (message,) = found(claiming("gpu"), *others)
    assert message.startswith("could not judge 1 value of kubernetes:apps/v1:Deployment")
    assert "resourceClaims[0].resourceClaimTemplateName: what a template asks for that is not in the stack" in message


@pytest.mark.parametrize(
    ("unclear", "place"),
    [
        (template("gpu", UNKNOWN), "exactly.count"),
        (template("gpu", 1, allocationMode="All"), "exactly.allocationMode"),
        (template("gpu", 1, allocationMode=UNKNOWN), "exactly.allocationMode"),
        (made("resource.k8s.io/v1:ResourceClaimTemplate", "gpu", spec=UNKNOWN), "spec"),
    ],
)
def test_an_unknown_number_of_devices_is_not_judged_where_it_stands(unclear: Resource, place: str) -> None:
    (message,) = found(claiming("gpu"), unclear)
    assert message.startswith("could not judge 1 value of kubernetes:resource.k8s.io/v1:ResourceClaimTemplate")
    assert place in message
    assert len(found(claiming("gpu", replicas=5), template("gpu", 1, UNKNOWN))) == 2


def test_claims_of_the_wrong_type_are_refused() -> None:
    for unclear in (claiming(7), deployment(pod={**spec(), "resourceClaims": "gpu"})):
        assert "belongs" in found(unclear)[0]
    assert "where a whole number belongs" in found(claim("gpu", "2"))[0]
    unknown = {**spec(), "resourceClaims": UNKNOWN}
    assert found(deployment(pod=unknown))[0].startswith("could not judge 1 value of kubernetes:apps")
