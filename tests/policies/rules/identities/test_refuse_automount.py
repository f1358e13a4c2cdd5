"""sa-no-automount."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import KINDS, PATCHES, WHOLE, mended, owned, refused, resource, spec, unjudged

RULE = "sa-no-automount"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
FIX = "Fix: set automountServiceAccountToken to false."


def account(automount: object, kind: str = ACCOUNT) -> Resource:
    made: dict[str, Any] = {"metadata": {"name": "web"}, "automountServiceAccountToken": automount}
    if kind.endswith("List"):
        made = {"items": [{"apiVersion": "v1", "kind": "ServiceAccount", **made}]}
    return resource(made, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pod_with_a_token_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(spec(automountServiceAccountToken=True), kind))
    assert "automountServiceAccountToken is true" in message
    assert message.endswith(FIX)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pod_without_a_token_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(), kind)) == []


@pytest.mark.parametrize("kind", WHOLE)
def test_a_pod_that_says_nothing_is_refused(kind: str) -> None:
    assert "is not set" in refused(RULE, owned(spec(automountServiceAccountToken=None), kind))[0]


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_of_a_pod_may_say_nothing(kind: str) -> None:
    assert refused(RULE, owned(spec(automountServiceAccountToken=None), kind)) == []


@pytest.mark.parametrize("kind", [ACCOUNT, f"{ACCOUNT}List", "kubernetes:core/v1:List"])
@pytest.mark.parametrize(("automount", "count"), [(True, 1), (None, 1), ("false", 1), (False, 0)])
def test_a_service_account_is_judged_like_a_pod(kind: str, automount: object, count: int) -> None:
    found = refused(RULE, account(automount, kind))
    assert len(found) == count
    assert all(message.endswith(FIX) for message in found)


def test_a_patch_of_a_service_account_may_say_nothing() -> None:
    assert refused(RULE, account(None, f"{ACCOUNT}Patch")) == []
    assert len(refused(RULE, account(True, f"{ACCOUNT}Patch"))) == 1


def test_pods_and_accounts_of_one_list_are_both_judged() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": spec(automountServiceAccountToken=True)}
    listed = {"items": [pod, {"apiVersion": "v1", "kind": "ServiceAccount"}, {"apiVersion": "v1", "kind": "Secret"}]}
    assert len(refused(RULE, resource(listed, "kubernetes:core/v1:List"))) == 2


def test_other_objects_need_no_such_setting() -> None:
    assert refused(RULE, resource({}, "kubernetes:core/v1:Secret")) == []
    assert refused(RULE, resource({}, "aws:s3/bucket:Bucket")) == []


def test_an_unknown_setting_is_not_judged_and_another_type_refused() -> None:
    assert len(unjudged(RULE, owned(spec(automountServiceAccountToken=UNKNOWN)))) == 1
    assert len(unjudged(RULE, account(UNKNOWN))) == 1
    assert "belongs" in refused(RULE, owned(spec(automountServiceAccountToken="false")))[0]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "Workflow" not in kind])
@pytest.mark.parametrize("automount", [True, "no"])
def test_a_mended_pod_passes(kind: str, automount: object) -> None:
    judged = mended(RULE, owned(spec(automountServiceAccountToken=automount), kind))
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("kind", [ACCOUNT, f"{ACCOUNT}List", "kubernetes:core/v1:List"])
@pytest.mark.parametrize("automount", [True, None, 1])
def test_a_mended_account_passes(kind: str, automount: object) -> None:
    judged = mended(RULE, account(automount, kind))
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged
