"""The remedies of all pod rules together: one pass of them, in the order of the pack, makes a pod pass them all."""

import copy
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi_policy import EnforcementLevel

from policies.dispatcher import Dispatcher
from policies.edits import apply
from policies.rule import AnyRule, Resource
from policies.rules import RULES
from policies.subjects.pods import concerns
from policies.unknowns import decode_struct
from tests.policies.manifests import (
    EDITABLE,
    LISTS,
    PATCHES,
    UNTRUSTED,
    owned,
    refused,
)

MENDING: tuple[AnyRule, ...] = tuple(
    rule for rule in RULES if rule.mends and rule.area is not None and rule.area.concerns is concerns
)
OF_POD = {rule.name for rule in MENDING if ".rules.pods." in rule.judge.__module__}
OF_RESOURCES = {rule.name for rule in MENDING if ".rules.resources." in rule.judge.__module__}
UNCONFINED = {
    **UNTRUSTED,
    "annotations": {"container.apparmor.security.beta.kubernetes.io/odd": "unconfined"},
}


def bad_container(name: str) -> dict[str, Any]:
    """A container that violates every mending rule about containers."""
    return {
        "name": name,
        "image": "nginx",
        "ports": [{"containerPort": 80, "hostPort": 80}],
        "livenessProbe": {"httpGet": {"port": 80, "host": "10.0.0.1"}},
        "securityContext": {
            "privileged": True,
            "allowPrivilegeEscalation": True,
            "readOnlyRootFilesystem": False,
            "runAsNonRoot": False,
            "runAsUser": 0,
            "runAsGroup": 0,
            "procMount": "Unmasked",
            "capabilities": {"drop": ["KILL"], "add": ["SYS_ADMIN", "NET_ADMIN"]},
            "seccompProfile": {"type": "Unconfined", "localhostProfile": "a.json"},
            "appArmorProfile": {"type": "Unconfined"},
        },
        "resources": {
            "requests": {"cpu": "0", "memory": "none", "ephemeral-storage": 0, "nvidia.com/gpu": 1},
            "limits": {"cpu": "none", "memory": 0, "ephemeral-storage": "0", "nvidia.com/gpu": 2},
        },
    }


BAD: dict[str, Any] = {
    "hostNetwork": True,
    "hostPID": True,
    "hostIPC": True,
    "runtimeClassName": "runc",
    "nodeSelector": {"nvidia.com/gpu.present": "false"},
    "tolerations": [{"operator": "Exists"}],
    "securityContext": {
        "runAsNonRoot": False,
        "runAsUser": 0,
        "seccompProfile": {"type": "Unconfined"},
        "appArmorProfile": {"type": "Unconfined"},
    },
    "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "0"}}],
    **{name: [bad_container(f"{name}-odd"), bad_container("two")] for name in LISTS},
}
BARE: dict[str, Any] = {"containers": [{"name": "app", "image": "nginx"}], "volumes": [{"name": "v", "emptyDir": {}}]}


def remedied(judged: Resource, rules: tuple[AnyRule, ...] = MENDING) -> Resource:
    """The resource after one pass of the rules' remedies, as the engine's call makes it."""
    levels = dict.fromkeys((rule.name for rule in rules), EnforcementLevel.REMEDIATE)
    dispatcher = Dispatcher(rules, levels=levels)
    properties = Struct()
    properties.update(judged.properties)
    for rule in dispatcher.mending(judged.type):
        apply(properties, dispatcher.edits(rule, judged))
        judged = judged._replace(properties=decode_struct(properties))
    return judged


def violated(judged: Resource) -> set[str]:
    """The mending pod rules that a resource violates."""
    return {found.rule.name for found in Dispatcher(MENDING).evaluate(judged)}


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_bad_pod_violates_every_mending_rule_and_none_after_one_pass(kind: str) -> None:
    judged = owned(copy.deepcopy(BAD), kind, UNCONFINED)
    assert violated(judged) >= OF_POD | OF_RESOURCES
    once = remedied(judged)
    assert violated(once) == set()
    assert remedied(once) == once


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("metadata", [{}, UNCONFINED])
def test_a_bare_pod_passes_after_one_pass(metadata: dict[str, Any], kind: str) -> None:
    once = remedied(owned(copy.deepcopy(BARE), kind, metadata))
    assert violated(once) == set()
    assert remedied(once) == once


@pytest.mark.parametrize("pod", [BAD, BARE], ids=["bad", "bare"])
@pytest.mark.parametrize("left", MENDING, ids=lambda rule: rule.name)
def test_remedies_do_not_lean_on_each_other(left: AnyRule, pod: dict[str, Any]) -> None:
    others = tuple(rule for rule in MENDING if rule is not left)
    once = remedied(owned(copy.deepcopy(pod), metadata=UNCONFINED), others)
    assert violated(once) <= {left.name}
    assert remedied(once, others) == once


def test_remedies_lead_to_no_violation_of_the_ceilings() -> None:
    once = remedied(owned(copy.deepcopy(BARE)))
    assert refused("pod-limit-ceiling", once) == []


@pytest.mark.parametrize("kind", [kind for kind in EDITABLE if kind not in PATCHES])
def test_a_pod_that_needs_no_remedy_is_left_as_it_is(kind: str) -> None:
    once = remedied(owned(copy.deepcopy(BARE), kind))
    for rule in MENDING:
        assert remedied(once, (rule,)) == once
