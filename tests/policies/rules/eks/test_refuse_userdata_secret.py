"""nodes-no-userdata-secret."""

import base64
import gzip
from typing import Any

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import refused, resource, unjudged

RULE = "nodes-no-userdata-secret"
TOKEN = "AKIA" + "Q3EGRT5WX7YZ2BCD"
SCRIPT = f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={TOKEN}\n"
HARMLESS = "#!/bin/sh\nset -eu\nnodeadm init\n"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
KINDS: dict[str, Any] = {
    TEMPLATE: lambda data: {"userData": data},
    "aws:ec2/instance:Instance": lambda data: {"userData": data},
    "aws:ec2/launchConfiguration:LaunchConfiguration": lambda data: {"userDataBase64": data},
    "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": lambda data: {"spec": {"userData": data}},
    "kubernetes:karpenter.k8s.aws/v1:EC2NodeClassPatch": lambda data: {"spec": {"userData": data}},
}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _lines(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


def _gzip(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode())).decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [str, _base64, _lines, _gzip])
def test_a_credential_is_refused_in_every_kind_and_form_and_never_shown(kind: str, write: Any) -> None:
    (message,) = refused(RULE, resource(KINDS[kind](write(SCRIPT)), kind))
    assert "userData" in message
    assert "holds an AWS access key. Fix: remove it" in message
    assert TOKEN not in message
    assert refused(RULE, resource(KINDS[kind](write(HARMLESS)), kind)) == []


def test_a_secret_is_still_a_credential_on_the_node() -> None:
    (message,) = refused(RULE, resource({"userData": Secret(SCRIPT)}, TEMPLATE))
    assert TOKEN not in message


def test_both_fields_are_judged() -> None:
    both = {"userData": SCRIPT, "userDataBase64": _base64(SCRIPT)}
    assert len(refused(RULE, resource(both, "aws:ec2/instance:Instance"))) == 2


def test_no_user_data_passes() -> None:
    for kind in KINDS:
        assert refused(RULE, resource({}, kind)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "====",
        "H4sI",
        base64.b64encode(b"\x1f\x8bnot gzip").decode(),
        base64.b64encode(b"\xff\xfe").decode(),
        "ü",
    ],
)
def test_what_decodes_to_nothing_passes(text: str) -> None:
    assert refused(RULE, resource({"userData": text}, TEMPLATE)) == []


def test_a_bomb_is_not_unpacked() -> None:
    bomb = base64.b64encode(gzip.compress(b"\0" * 30_000_000 + SCRIPT.encode())).decode()
    assert refused(RULE, resource({"userData": bomb}, TEMPLATE)) == []


@pytest.mark.parametrize("name", ["userData", "userDataBase64"])
def test_unknown_user_data_is_not_judged_and_other_types_are_refused(name: str) -> None:
    assert name in unjudged(RULE, resource({name: UNKNOWN}, TEMPLATE))[0]
    assert refused(RULE, resource({name: UNKNOWN}, TEMPLATE)) == []
    assert len(refused(RULE, resource({name: [SCRIPT]}, TEMPLATE))) == 1
