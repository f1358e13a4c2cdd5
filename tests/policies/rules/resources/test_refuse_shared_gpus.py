"""gpu-no-shared-cross-tenant: untrusted code has no time-sliced GPU."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    LISTS,
    UNTRUSTED,
    owned,
    refused,
    resourced,
    spec,
    unjudged,
    with_container,
)

RULE = "gpu-no-shared-cross-tenant"
TRUST = "agent-platform.dev/trust"
SANDBOXES = [kind for kind in KINDS if "Sandbox" in kind]
SHARED = "nvidia.com/gpu.shared"


def computing(limits: object, requests: object = None) -> dict[str, Any]:
    return resourced(requests, limits)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_shared_gpu_is_refused_to_untrusted_pods_in_every_list_of_every_kind(where: str, kind: str) -> None:
    pod = with_container(where, computing({SHARED: "1"}))
    (message,) = refused(RULE, owned(pod, kind, UNTRUSTED))
    assert 'container "odd"' in message
    assert 'resources.limits["nvidia.com/gpu.shared"] is "1"' in message
    assert "Fix: ask for a whole GPU or a MIG slice" in message


def test_a_request_alone_is_refused_too() -> None:
    pod = spec(containers=[computing(None, {SHARED: 1})])
    assert "resources.requests" in refused(RULE, owned(pod, metadata=UNTRUSTED))[0]


@pytest.mark.parametrize("kind", SANDBOXES)
def test_a_shared_gpu_is_refused_to_every_sandbox(kind: str) -> None:
    assert len(refused(RULE, owned(spec(containers=[computing({SHARED: "1"})]), kind))) == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SANDBOXES])
@pytest.mark.parametrize("metadata", [{}, {"labels": {TRUST: "trusted"}}])
def test_other_pods_may_share_a_gpu(metadata: dict[str, Any], kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[computing({SHARED: "1"})]), kind, metadata)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "limits", [{"nvidia.com/gpu": "1"}, {"nvidia.com/mig-1g.5gb": 1}, {SHARED: "0"}, {SHARED: None}, {}, None]
)
def test_what_is_not_shared_passes_in_every_kind(limits: object, kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[computing(limits)]), kind, UNTRUSTED)) == []


@pytest.mark.parametrize("name", [SHARED, "nvidia.com/mig-1g.5gb.shared"])
def test_every_renamed_resource_is_shared(name: str) -> None:
    assert len(refused(RULE, owned(spec(containers=[computing({name: "1"})]), metadata=UNTRUSTED))) == 1


def test_shared_resources_are_a_setting() -> None:
    pod = spec(containers=[computing({"nvidia.com/gpu": "1", SHARED: "1"})])
    (message,) = refused(RULE, owned(pod, metadata=UNTRUSTED), sharedResources=["nvidia.com/gpu"])
    assert '["nvidia.com/gpu"]' in message
    assert refused(RULE, owned(pod, metadata=UNTRUSTED), sharedResources=[]) == []


@pytest.mark.parametrize("limits", [UNKNOWN, {SHARED: UNKNOWN}])
def test_unknown_demands_are_not_judged(limits: object) -> None:
    judged = owned(spec(containers=[computing(limits)]), metadata=UNTRUSTED)
    assert "resources.limits" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


def test_an_unknown_label_makes_violations_unjudged_but_not_silent() -> None:
    judged = owned(spec(containers=[computing({SHARED: 1})]), metadata={"labels": {TRUST: UNKNOWN}})
    assert TRUST in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("limits", ["1", [], {SHARED: "one"}, {SHARED: True}])
def test_demands_of_the_wrong_type_are_refused(limits: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[computing(limits)]), metadata=UNTRUSTED))) == 1


def claiming(**claim: object) -> dict[str, Any]:
    return spec(resourceClaims=[{"name": "device", **claim}])


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_claim_that_other_pods_may_name_is_refused_to_untrusted_pods_of_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(claiming(resourceClaimName="common"), kind, UNTRUSTED))
    assert 'resourceClaims[0].resourceClaimName is "common". Fix: name a ResourceClaimTemplate' in message


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_claim_made_for_each_pod_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(claiming(resourceClaimTemplateName="own"), kind, UNTRUSTED)) == []


def test_trusted_pods_may_share_a_claim() -> None:
    assert refused(RULE, owned(claiming(resourceClaimName="common"), metadata={"labels": {TRUST: "trusted"}})) == []


@pytest.mark.parametrize("claims", [UNKNOWN, [UNKNOWN], [{"resourceClaimName": UNKNOWN}]])
def test_an_unknown_claim_is_not_judged(claims: object) -> None:
    judged = owned(spec(resourceClaims=claims), metadata=UNTRUSTED)
    assert "resourceClaims" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("claims", ["common", [7], [{"resourceClaimName": 7}]])
def test_a_claim_of_the_wrong_type_is_refused(claims: object) -> None:
    (message,) = refused(RULE, owned(spec(resourceClaims=claims), metadata=UNTRUSTED))
    assert "belongs" in message
