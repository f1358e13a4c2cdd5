"""ecr-immutable-scan-kms: repositories, templates of repositories to come, and the registry's scanning."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, mended, refused, resource, unjudged

RULE = "ecr-immutable-scan-kms"
REPOSITORY = "aws:ecr/repository:Repository"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
REGISTRY = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
BOTH = (REPOSITORY, TEMPLATE)


def repository(**fields: object) -> Json:
    return {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS"}],
        **fields,
    }


@pytest.mark.parametrize("token", BOTH)
@pytest.mark.parametrize("kind", ["KMS", "KMS_DSSE"])
def test_an_immutable_scanned_and_encrypted_repository_passes(token: str, kind: str) -> None:
    assert refused(RULE, resource(repository(encryptionConfigurations=[{"encryptionType": kind}]), token)) == []


@pytest.mark.parametrize("token", BOTH)
@pytest.mark.parametrize("tags", [None, "MUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION", "immutable"])
def test_tags_that_can_be_moved_are_refused_and_mended(token: str, tags: object) -> None:
    judged = resource(repository(imageTagMutability=tags), token)
    (message,) = refused(RULE, judged)
    assert "imageTagMutability is" in message
    assert "Fix: set imageTagMutability to IMMUTABLE" in message
    once = mended(RULE, judged)
    assert once.properties == repository()
    assert mended(RULE, once) == once


def test_tags_may_be_excluded_where_the_setting_says_so() -> None:
    excluded = resource(repository(imageTagMutability="IMMUTABLE_WITH_EXCLUSION"), REPOSITORY)
    assert refused(RULE, excluded, tagExclusions=True) == []
    mutable = resource(repository(imageTagMutability="MUTABLE_WITH_EXCLUSION"), REPOSITORY)
    assert len(refused(RULE, mutable, tagExclusions=True)) == 1
    assert refused(RULE, resource(repository(), REPOSITORY), tagExclusions=True) == []


@pytest.mark.parametrize("scans", [None, {}, {"scanOnPush": False}])
def test_a_repository_that_is_not_scanned_is_refused_and_mended(scans: object) -> None:
    judged = resource(repository(imageScanningConfiguration=scans), REPOSITORY)
    (message,) = refused(RULE, judged)
    assert "imageScanningConfiguration.scanOnPush is" in message
    assert refused(RULE, judged, registryScans=True) == []
    once = mended(RULE, judged)
    assert once.properties == repository()
    assert mended(RULE, once) == once


def test_a_template_can_not_say_how_images_are_scanned() -> None:
    assert refused(RULE, resource(repository(imageScanningConfiguration=None), TEMPLATE)) == []


@pytest.mark.parametrize("token", BOTH)
@pytest.mark.parametrize("kinds", [None, [], [{}], [{"encryptionType": "AES256"}]])
def test_a_repository_without_kms_is_refused_and_left_to_people_as_mending_would_replace_it(
    token: str, kinds: object
) -> None:
    judged = resource(repository(encryptionConfigurations=kinds), token)
    (message,) = refused(RULE, judged)
    assert "encryptionConfigurations" in message
    assert "Fix: set encryptionConfigurations to" in message
    assert mended(RULE, judged).properties == judged.properties


@pytest.mark.parametrize("frequency", ["SCAN_ON_PUSH", "CONTINUOUS_SCAN"])
def test_a_registry_that_scans_passes(frequency: str) -> None:
    assert refused(RULE, resource({"rules": [{"scanFrequency": frequency}]}, REGISTRY)) == []
    assert refused(RULE, resource({"scanType": "BASIC"}, REGISTRY)) == []


@pytest.mark.parametrize("frequency", ["MANUAL", None])
def test_a_registry_that_scans_on_request_only_is_refused(frequency: object) -> None:
    judged = resource({"rules": [{"scanFrequency": "SCAN_ON_PUSH"}, {"scanFrequency": frequency}]}, REGISTRY)
    (message,) = refused(RULE, judged)
    assert "rules[1].scanFrequency is" in message


@pytest.mark.parametrize(
    "fields",
    [
        {"imageTagMutability": UNKNOWN},
        {"imageScanningConfiguration": UNKNOWN},
        {"encryptionConfigurations": UNKNOWN},
        {"encryptionConfigurations": [{"encryptionType": UNKNOWN}]},
    ],
)
def test_unknown_values_are_not_judged(fields: Json) -> None:
    assert len(unjudged(RULE, resource(repository(**fields), REPOSITORY))) == 1
    assert refused(RULE, resource(repository(**fields), REPOSITORY)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"imageTagMutability": 1},
        {"imageScanningConfiguration": {"scanOnPush": "true"}},
        {"encryptionConfigurations": {}},
    ],
)
def test_values_of_the_wrong_type_are_refused(fields: Any) -> None:
    assert "belongs" in refused(RULE, resource(repository(**fields), REPOSITORY))[0]
