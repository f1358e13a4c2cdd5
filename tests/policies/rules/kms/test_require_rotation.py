"""kms-rotation."""

from typing import Any

import pytest

from policies.config import ConfigError
from policies.unknowns import UNKNOWN
from tests.policies.manifests import mended, refused, resource, unjudged

RULE = "kms-rotation"
KEY = "aws:kms/key:Key"
OTHERS = (
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)


def said(kind: str = KEY, options: dict[str, object] | None = None, **properties: Any) -> list[str]:
    return refused(RULE, resource(properties, kind), **(options or {}))


def test_a_key_that_rotates_passes() -> None:
    assert said(enableKeyRotation=True) == []
    full: dict[str, Any] = {
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
    }
    assert said(enableKeyRotation=True, rotationPeriodInDays=365, deletionWindowInDays=7, **full) == []


@pytest.mark.parametrize("value", [None, False, "true", 1])
def test_a_key_that_does_not_rotate_is_refused_and_mended(value: object) -> None:
    judged = resource({"enableKeyRotation": value} if value is not None else {}, KEY)
    (message,) = refused(RULE, judged)
    assert "enableKeyRotation" in message
    after = mended(RULE, judged)
    assert after.properties == {"enableKeyRotation": True}
    assert mended(RULE, after) == after


@pytest.mark.parametrize("kind", [KEY, *OTHERS])
def test_a_short_window_is_refused_and_mended_in_every_kind(kind: str) -> None:
    judged = resource({"enableKeyRotation": True, "deletionWindowInDays": 6}, kind)
    (message,) = refused(RULE, judged)
    assert "deletionWindowInDays is 6" in message
    after = mended(RULE, judged)
    assert after.properties == {"enableKeyRotation": True, "deletionWindowInDays": 30}
    assert refused(RULE, after) == []


def test_the_window_is_a_setting() -> None:
    least: dict[str, Any] = {"leastDeletionWindowInDays": 14}
    assert said(options=least, enableKeyRotation=True, deletionWindowInDays=14) == []
    assert len(said(options=least, enableKeyRotation=True, deletionWindowInDays=13)) == 1
    assert said(options={"leastDeletionWindowInDays": 30}, enableKeyRotation=True) == []
    for bad in (6, 31):
        with pytest.raises(ConfigError):
            said(options={"leastDeletionWindowInDays": bad})


def test_the_rotation_period_is_a_setting_and_mended() -> None:
    (message,) = said(enableKeyRotation=True, rotationPeriodInDays=366)
    assert "set rotationPeriodInDays to 365 at most" in message
    options: dict[str, Any] = {"longestRotationPeriodInDays": 364}
    assert len(said(options=options, enableKeyRotation=True)) == 1
    assert len(said(options=options, enableKeyRotation=True, rotationPeriodInDays=365)) == 1
    judged = resource({"enableKeyRotation": True, "rotationPeriodInDays": 400}, KEY)
    after = mended(RULE, judged, **options)
    assert after.properties == {"enableKeyRotation": True, "rotationPeriodInDays": 364}
    assert refused(RULE, after, **options) == []
    for bad in (89, 2561):
        with pytest.raises(ConfigError):
            said(options={"longestRotationPeriodInDays": bad})


@pytest.mark.parametrize(
    "properties",
    [
        {"keyUsage": "SIGN_VERIFY"},
        {"customerMasterKeySpec": "RSA_2048"},
        {"customKeyStoreId": "cks-1"},
    ],
)
def test_a_key_that_can_not_rotate_passes(properties: dict[str, Any]) -> None:
    assert said(**properties) == []
    assert len(said(deletionWindowInDays=1, **properties)) == 1


@pytest.mark.parametrize("kind", OTHERS)
def test_rotation_is_not_asked_of_replicas_and_imported_keys(kind: str) -> None:
    assert said(kind) == []


def test_a_key_that_is_off_is_refused_but_not_switched_on() -> None:
    judged = resource({"enableKeyRotation": True, "isEnabled": False}, KEY)
    assert "isEnabled is false" in refused(RULE, judged)[0]
    assert mended(RULE, judged) == judged
    for kind in OTHERS:
        assert "enabled is false" in said(kind, enabled=False)[0]


@pytest.mark.parametrize("name", ["enableKeyRotation", "deletionWindowInDays", "rotationPeriodInDays", "isEnabled"])
def test_unknown_values_are_not_judged(name: str) -> None:
    judged = resource({"enableKeyRotation": True, name: UNKNOWN}, KEY)
    assert name in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("name", ["keyUsage", "customerMasterKeySpec", "customKeyStoreId"])
def test_an_unknown_kind_of_key_is_not_judged(name: str) -> None:
    judged = resource({name: UNKNOWN}, KEY)
    assert name in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
    assert mended(RULE, judged._replace(properties={})).properties == {"enableKeyRotation": True}


@pytest.mark.parametrize("name", ["keyUsage", "customerMasterKeySpec", "customKeyStoreId", "deletionWindowInDays"])
def test_values_of_the_wrong_type_are_refused(name: str) -> None:
    (message,) = refused(RULE, resource({"enableKeyRotation": True, name: []}, KEY))
    assert "belongs" in message
