"""gpu-whole-and-capped: whole GPUs, as many requested as limited, and not too many."""

from typing import Any

import pytest

from components import labels
from policies.rule import Resource
from policies.subjects.resource_demands import GPU_PREFIXES
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    LISTS,
    PATCHES,
    WHOLE,
    container,
    edits_of,
    mended,
    owned,
    refused,
    resource,
    resourced,
    spec,
    unjudged,
    with_container,
)

RULE = "gpu-whole-and-capped"
GPU = "nvidia.com/gpu"
OF_A_CLASS = "deviceclass.resource.kubernetes.io/gpu.nvidia.com"
NAMES = (GPU, "nvidia.com/mig-1g.5gb", "nvidia.com/gpu.shared", "amd.com/gpu", "habana.ai/gaudi", OF_A_CLASS)


def computing(request: object, limit: object, name: str = GPU) -> dict[str, Any]:
    return resourced({name: request}, {name: limit})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_part_of_a_gpu_is_refused_in_every_list_of_every_kind(where: str, kind: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, computing(None, 0.5)), kind))
    assert 'container "odd"' in message
    assert 'resources.limits["nvidia.com/gpu"] is a number with a fraction' in message
    assert 'Fix: set resources.limits["nvidia.com/gpu"] to a whole number, 8 at most' in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_another_request_than_the_limit_is_refused_in_every_list_of_every_kind(where: str, kind: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, computing(1, "2")), kind))
    assert 'resources.requests["nvidia.com/gpu"] is 1' in message
    assert 'Fix: set resources.requests["nvidia.com/gpu"] to the limit, "2", or remove it' in message


@pytest.mark.parametrize("kind", WHOLE)
def test_a_request_without_a_limit_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(spec(containers=[computing("1", None)]), kind))
    assert 'resources.limits["nvidia.com/gpu"] is not set' in message


@pytest.mark.parametrize("name", NAMES)
def test_every_gpu_resource_is_judged(name: str) -> None:
    assert len(refused(RULE, owned(spec(containers=[computing("1", "3", name), computing("9", "9", name)])))) == 2


@pytest.mark.parametrize("name", ["cpu", "example.com/gpu", "xnvidia.com/gpu", "amd.com/cpu", "aws.amazon.com/eni"])
def test_other_resources_are_not_judged(name: str) -> None:
    assert refused(RULE, owned(spec(containers=[computing("100m", "1", name)]))) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("changed", [computing("8", "8"), computing(None, 1), computing("0", 0), computing(1, "1000m")])
def test_whole_gpus_under_the_cap_pass_in_every_kind(kind: str, changed: dict[str, Any]) -> None:
    assert refused(RULE, owned(spec(containers=[changed], ephemeralContainers=[container("d")]), kind)) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_sets_the_request_alone_passes(kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[computing("1", None)]), kind)) == []


@pytest.mark.parametrize("value", ["-1", "1500m", "one", True, [], 9, "1e1"])
def test_what_is_no_whole_number_up_to_the_cap_is_refused(value: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[computing(None, value)])))) == 1
    assert len(refused(RULE, owned(spec(containers=[computing(value, None)]), PATCHES[0]))) == 1


def test_the_cap_is_a_setting() -> None:
    judged = owned(spec(containers=[computing("3", "3")]))
    assert refused(RULE, judged, cap=3) == []
    (message,) = refused(RULE, judged, cap=2)
    assert "to a whole number, 2 at most" in message
    assert refused(RULE, owned(spec(containers=[computing("0", "0")])), cap=0) == []


@pytest.mark.parametrize("changed", [computing(UNKNOWN, "1"), computing("1", UNKNOWN), computing(None, UNKNOWN)])
def test_an_unknown_number_is_not_judged(changed: dict[str, Any]) -> None:
    judged = owned(spec(containers=[changed]))
    assert "could not judge 1 value" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("resources", [UNKNOWN, {"requests": UNKNOWN, "limits": UNKNOWN}])
def test_unknown_resources_are_not_judged(resources: object) -> None:
    judged = owned(spec(containers=[{**container(), "resources": resources}]))
    assert "resources.limits" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("resources", ["all", {"limits": "2"}, {"requests": []}])
def test_resources_of_the_wrong_type_are_refused(resources: object) -> None:
    found = refused(RULE, owned(spec(containers=[{**container(), "resources": resources}])))
    assert all("where an object belongs" in message for message in found)
    assert found


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize(
    ("given", "expected"),
    [((1, "2"), "2"), (("one", 2), 2), (("2", None), "2"), (("2", "2500m"), "2"), (("1", "9"), "1"), ((0.5, "8"), "8")],
)
def test_a_mended_number_is_the_sound_one_of_the_two(
    given: tuple[Any, Any], expected: object, where: str, kind: str
) -> None:
    judged = mended(RULE, owned(with_container(where, computing(*given)), kind))
    patched = given[1] is None and kind in PATCHES
    assert judged == owned(with_container(where, computing(*(given if patched else (expected, expected)))), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("given", [(None, "0.5"), ("9", "9"), ("0.5", None), ("-1", "-1"), (Secret("2"), "x")])
def test_where_no_number_is_sound_and_open_nothing_is_mended(given: tuple[Any, Any]) -> None:
    judged = owned(spec(containers=[computing(*given)]))
    assert refused(RULE, judged)
    assert edits_of(RULE, judged) == ()


def test_the_guardrails_know_the_same_names_of_gpus() -> None:
    assert labels.GPU_PREFIXES == GPU_PREFIXES


CLAIM, TEMPLATE = "ResourceClaim", "ResourceClaimTemplate"


def claiming(requests: object, kind: str = TEMPLATE, version: str = "v1") -> Resource:
    devices = {"devices": {"requests": requests}}
    return resource(
        {"metadata": {"name": "gpu"}, "spec": {"spec": devices} if kind == TEMPLATE else devices},
        f"kubernetes:resource.k8s.io/{version}:{kind}",
    )


def exactly(**fields: object) -> dict[str, Any]:
    return {"name": "gpu", "exactly": {"deviceClassName": "gpu.nvidia.com", **fields}}


def either(*counts: object) -> dict[str, Any]:
    forms = [{"name": str(each), "deviceClassName": "gpu.nvidia.com", "count": each} for each in counts]
    return {"name": "gpu", "firstAvailable": forms}


@pytest.mark.parametrize("kind", [CLAIM, TEMPLATE])
def test_a_claim_for_devices_up_to_the_cap_passes(kind: str) -> None:
    for requests in ([exactly()], [exactly(count=8)], [exactly(count=4)] * 2, [either(8, 8)], [], None):
        assert refused(RULE, claiming(requests, kind)) == []
    assert refused(RULE, claiming([{"name": "gpu", "count": 8, "adminAccess": False}], kind, "v1beta1")) == []


@pytest.mark.parametrize("kind", [CLAIM, TEMPLATE])
def test_a_claim_for_more_devices_than_the_cap_is_refused(kind: str) -> None:
    path = "spec.spec" if kind == TEMPLATE else "spec"
    (message,) = refused(RULE, claiming([exactly(count=9)], kind))
    assert f"{path}.devices.requests[0].exactly.count is 9. Fix: set it to a whole number, 8 at most" in message
    (message,) = refused(RULE, claiming([either(1, 9)], kind))
    assert f"{path}.devices.requests[0].firstAvailable[1].count is 9" in message
    (message,) = refused(RULE, claiming([{"name": "gpu", "count": 9}], kind, "v1beta1"))
    assert f"{path}.devices.requests[0].count is 9" in message


@pytest.mark.parametrize("requests", [[exactly(count=8), exactly()], [exactly(count=5), either(1, 4)], [exactly()] * 9])
def test_what_one_claim_asks_for_counts_together(requests: list[Any]) -> None:
    (message,) = refused(RULE, claiming(requests))
    assert "devices.requests ask for 9 devices together. Fix: claim 8 at most." in message
    assert refused(RULE, claiming(requests), cap=9) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"allocationMode": "All"}, 'allocationMode is "All". Fix: set it to ExactCount'),
        ({"adminAccess": True}, "adminAccess is true. Fix: remove it"),
        ({"count": -1}, "count is -1"),
        ({"count": "1"}, "where a whole number belongs"),
        ({"allocationMode": 1}, "where a string belongs"),
        ({"adminAccess": "yes"}, "where a boolean belongs"),
    ],
)
def test_a_claim_that_goes_around_the_number_is_refused(fields: dict[str, object], said: str) -> None:
    (message,) = refused(RULE, claiming([exactly(**fields)]))
    assert said in message
    assert refused(RULE, claiming([exactly(allocationMode="ExactCount", adminAccess=False)])) == []


@pytest.mark.parametrize("requests", [UNKNOWN, [UNKNOWN], [exactly(count=UNKNOWN)], [{"exactly": UNKNOWN}]])
def test_an_unknown_claim_is_not_judged(requests: object) -> None:
    judged = claiming(requests)
    (message,) = unjudged(RULE, judged)
    assert "could not judge 1 value" in message
    assert "devices.requests" in message
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(
    "requests",
    [
        [exactly(count=8), exactly(count=UNKNOWN)],
        [exactly(count=8), exactly(adminAccess=UNKNOWN)],
        [exactly(count=8), UNKNOWN],
        [exactly(count=7), exactly(), {"exactly": UNKNOWN}],
    ],
)
def test_an_unknown_hides_no_sum_that_is_too_large_without_it(requests: list[Any]) -> None:
    (message,) = refused(RULE, claiming(requests))
    assert "ask for 9 devices together" in message
    assert len(unjudged(RULE, claiming(requests))) == 1


def test_another_fault_of_a_claim_hides_no_sum() -> None:
    fault, total = refused(RULE, claiming([exactly(count=8), exactly(adminAccess=True)]))
    assert "adminAccess is true" in fault
    assert "ask for 9 devices together" in total


def test_where_the_cap_is_none_no_device_may_be_claimed() -> None:
    (message,) = refused(RULE, claiming([exactly()]), cap=0)
    assert "devices.requests ask for 1 device. Fix: claim none, since the cap is 0." in message
    assert "ask for 1 device." in refused(RULE, claiming([exactly(count=0)]), cap=0)[0]  # the API's default is one
    (message,) = refused(RULE, claiming([exactly(count=2)]), cap=0)
    assert "count is 2. Fix: remove the request, since the cap is 0." in message
    assert refused(RULE, claiming([]), cap=0) == []
    assert refused(RULE, claiming(UNKNOWN), cap=0) == []


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        ("x", "devices.requests is a string where a list belongs"),
        (["x"], "devices.requests[0] is a string where an object belongs"),
        ([{"exactly": "x"}], "devices.requests[0].exactly is a string where an object belongs"),
        ([{"firstAvailable": "x"}], "devices.requests[0].firstAvailable is a string where a list belongs"),
        ([{"firstAvailable": ["x"]}], "devices.requests[0].firstAvailable[0] is a string where an object belongs"),
    ],
)
def test_a_claim_of_the_wrong_type_is_refused_once_with_a_fix_that_fits(requests: object, said: str) -> None:
    (message,) = refused(RULE, claiming(requests))
    assert f"{said}. Fix: write a list of objects, each with exactly" in message


def named_class(name: object) -> Resource:
    return resource({"spec": {"extendedResourceName": name}}, "kubernetes:resource.k8s.io/v1:DeviceClass")


@pytest.mark.parametrize("name", [None, GPU, "nvidia.com/large", "amd.com/gpu"])
def test_a_device_class_whose_name_for_containers_is_a_gpus_passes(name: object) -> None:
    assert refused(RULE, named_class(name)) == []


def test_a_device_class_may_not_hide_its_devices_behind_another_name() -> None:
    (message,) = refused(RULE, named_class("example.com/fast"))
    assert 'spec.extendedResourceName is "example.com/fast". Fix: begin it with one of nvidia.com/, ' in message
    assert "or list it in the option otherDevices" in message
    assert refused(RULE, named_class("example.com/fast"), otherDevices=["example.com/*"]) == []
    assert len(refused(RULE, named_class("example.com/fast"), otherDevices=["rdma/*"])) == 1
    assert "where a string belongs" in refused(RULE, named_class(7))[0]
    assert "extendedResourceName" in unjudged(RULE, named_class(UNKNOWN))[0]


def test_claims_inside_of_lists_are_judged() -> None:
    claim = {"apiVersion": "resource.k8s.io/v1", "kind": CLAIM, "spec": {"devices": {"requests": [exactly(count=9)]}}}
    (message,) = refused(RULE, resource({"items": [claim]}, "kubernetes:core/v1:List"))
    assert "items[0].spec.devices.requests[0].exactly.count is 9" in message
    (message,) = refused(RULE, resource({"items": [claim]}, f"kubernetes:resource.k8s.io/v1:{CLAIM}List"))
    assert "items[0].spec" in message
