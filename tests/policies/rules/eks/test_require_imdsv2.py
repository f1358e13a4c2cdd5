"""nodes-imdsv2-hop1."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import mended, refused, resource, unjudged

RULE = "nodes-imdsv2-hop1"
INSTANCE = "aws:ec2/instance:Instance"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
GROUP = "aws:eks/nodeGroup:NodeGroup"
GOOD = {"httpTokens": "required", "httpPutResponseHopLimit": 1}


def _options(options: object) -> dict[str, object]:
    return {"metadataOptions": options}


def _spec(options: object) -> dict[str, object]:
    return {"spec": {"metadataOptions": options}}


KINDS: dict[str, Any] = {
    "aws:ec2/launchTemplate:LaunchTemplate": _options,
    INSTANCE: _options,
    "aws:ec2/launchConfiguration:LaunchConfiguration": _options,
    NODE_CLASS: _spec,
    "kubernetes:karpenter.k8s.aws/v1beta1:EC2NodeClass": _spec,
    "kubernetes:core/v1:List": lambda options: {
        "items": [{"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", **_spec(options)}]
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_and_one_hop_pass_in_every_kind(kind: str) -> None:
    assert refused(RULE, resource(KINDS[kind](GOOD), kind)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tokens", [None, "optional", True])
def test_no_tokens_are_refused_and_mended_in_every_kind(kind: str, tokens: object) -> None:
    options = {**GOOD, "httpTokens": tokens} if tokens else {"httpPutResponseHopLimit": 1}
    judged = resource(KINDS[kind](options), kind)
    (message,) = refused(RULE, judged)
    assert "metadataOptions.httpTokens" in message
    after = mended(RULE, judged)
    assert after.properties == KINDS[kind](GOOD)
    assert mended(RULE, after) == after


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hops", [0, 2, "1"])
def test_other_hops_are_refused_and_mended_in_every_kind(kind: str, hops: object) -> None:
    judged = resource(KINDS[kind]({**GOOD, "httpPutResponseHopLimit": hops}), kind)
    (message,) = refused(RULE, judged)
    assert "httpPutResponseHopLimit" in message
    assert mended(RULE, judged).properties == KINDS[kind](GOOD)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "List" not in kind])
def test_a_machine_that_says_nothing_is_refused_for_both_and_mended(kind: str) -> None:
    judged = resource({}, kind)
    assert len(refused(RULE, judged)) == 2
    assert mended(RULE, judged).properties == KINDS[kind](GOOD)


@pytest.mark.parametrize("kind", KINDS)
def test_a_metadata_service_that_is_off_passes(kind: str) -> None:
    assert refused(RULE, resource(KINDS[kind]({"httpEndpoint": "disabled"}), kind)) == []
    assert len(refused(RULE, resource(KINDS[kind]({"httpEndpoint": "enabled"}), kind))) == 2
    assert len(unjudged(RULE, resource(KINDS[kind]({"httpEndpoint": UNKNOWN}), kind))) == 1


def test_an_instance_may_take_it_from_its_template_and_a_patch_from_another_owner() -> None:
    assert refused(RULE, resource({"launchTemplate": {"id": "lt-1"}}, INSTANCE)) == []
    assert refused(RULE, resource({"launchTemplate": UNKNOWN}, INSTANCE)) == []
    assert len(refused(RULE, resource({"launchTemplate": {}}, INSTANCE))) == 2
    assert refused(RULE, resource({"spec": {}}, f"{NODE_CLASS}Patch")) == []
    assert len(refused(RULE, resource(_spec({"httpTokens": "optional"}), f"{NODE_CLASS}Patch"))) == 1
    with_template = {"launchTemplate": {"id": "lt-1"}, **_options({"httpTokens": "optional"})}
    assert len(refused(RULE, resource(with_template, INSTANCE))) == 1


def test_a_node_group_without_a_template_is_refused() -> None:
    (message,) = refused(RULE, resource({}, GROUP))
    assert "launchTemplate is not set" in message
    assert refused(RULE, resource({"launchTemplate": {"id": "lt-1"}}, GROUP)) == []
    assert refused(RULE, resource({"launchTemplate": UNKNOWN}, GROUP)) == []


def test_volumes_and_other_objects_have_no_metadata_service() -> None:
    assert refused(RULE, resource({}, "aws:ebs/volume:Volume")) == []
    assert refused(RULE, resource({}, "kubernetes:karpenter.sh/v1:NodePool")) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options", [UNKNOWN, {**GOOD, "httpTokens": UNKNOWN}, {**GOOD, "httpPutResponseHopLimit": UNKNOWN}]
)
def test_unknown_options_are_not_judged(kind: str, options: object) -> None:
    judged = resource(KINDS[kind](options), kind)
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []
