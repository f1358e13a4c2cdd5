"""What is refused of a registry's settings, and what is filled in."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.config.model import RefusedError
from components.config.problems import Problem, from_validation
from components.config.registry import NEEDS_CREDENTIAL, RegistrySettings, Scanning, Upstream, check_registry
from components.registry.upstreams import HOSTS

PIPELINE = "arn:aws:iam::123456789012:role/pipeline"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ecr-pullthroughcache/hub-a1b2c3"  # noqa: S105 - its name
DIGEST = "sha256:" + "0" * 64


def written(**changes: Any) -> dict[str, Any]:
    return {"images": ["storefront/recommender"], "pushRoleArn": PIPELINE, **changes}


def mirrored(**changes: Any) -> dict[str, Any]:
    return {"source": "docker.elastic.co/kibana/kibana", "tag": "9.2.1", "digest": DIGEST, **changes}


def problems(**changes: Any) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        RegistrySettings.model_validate(written(**changes))
    return from_validation(caught.value, RegistrySettings, "Pulumi.prod.yaml", lambda _: 0)


def only(**changes: Any) -> Problem:
    (problem,) = problems(**changes)
    return problem


def test_a_registry_needs_its_images_and_who_pushes_them() -> None:
    settings = RegistrySettings.model_validate(written())
    assert (settings.prefix, settings.scanning, settings.caches) == ("agent-platform", Scanning.ENHANCED, ())


def test_another_order_of_images_is_no_change() -> None:
    settings = RegistrySettings.model_validate(written(images=["b1", "a1"]))
    assert settings == RegistrySettings.model_validate(written(images=["a1", "b1"]))


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"images": ["Storefront"]}, "images.0", "can't be the name of a repository"),
        ({"images": ["a//b"]}, "images.0", "can't be the name of a repository"),
        ({"prefix": "Agents"}, "prefix", "can't begin the names"),
        ({"prefix": "a" * 20}, "prefix", "19"),
        ({"pushRoleArn": "*"}, "pushRoleArn", "not the ARN of a role"),
        ({"pullAccounts": ["12"]}, "pullAccounts.0", "not the id of an AWS account"),
        ({"pullOrganization": "*"}, "pullOrganization", "not the id of an organization"),
        ({"keptReleases": 1}, "keptReleases", "5"),
        ({"untaggedDays": 0}, "untaggedDays", "1"),
        ({"mirrored": [mirrored(digest="9.2.1")]}, "mirrored.0.digest", "not the digest"),
        ({"mirrored": [mirrored(source="kibana")]}, "mirrored.0.source", "not an image with its registry"),
        ({"mirrored": [mirrored(source="docker.elastic.co/kibana:9")]}, "mirrored.0.source", "not an image"),
        ({"mirrored": [mirrored(tag="9 2")]}, "mirrored.0.tag", "not the tag"),
    ],
)
def test_what_ecr_would_refuse_is_refused_where_it_stands(changes: dict[str, Any], path: str, reason: str) -> None:
    problem = only(**changes)
    assert problem.path == path
    assert reason in problem.reason


@pytest.mark.parametrize("upstream", [each for each, needed in NEEDS_CREDENTIAL.items() if needed])
def test_an_upstream_that_wants_a_user_is_refused_without_a_secret(upstream: Upstream) -> None:
    problem = only(caches=[{"upstream": str(upstream)}])
    assert "access token" in problem.reason
    assert "ecr-pullthroughcache/" in problem.fix


@pytest.mark.parametrize("upstream", [each for each, needed in NEEDS_CREDENTIAL.items() if not needed])
def test_an_open_upstream_is_refused_a_secret(upstream: Upstream) -> None:
    assert "without credentials" in only(caches=[{"upstream": str(upstream), "credential": SECRET}]).reason


def test_a_secret_of_another_name_is_refused_since_ecr_reads_none() -> None:
    other = SECRET.replace("ecr-pullthroughcache/", "")
    assert "ECR would read" in only(caches=[{"upstream": "github", "credential": other}]).reason


def test_every_upstream_has_a_host_and_says_whether_it_wants_a_secret() -> None:
    assert set(HOSTS) == set(NEEDS_CREDENTIAL) == set(Upstream)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"images": ["one", "one"]}, "images has one 2 times"),
        ({"images": ["mirror/redis"]}, "belongs to others' images"),
        ({"images": ["quay/redis"]}, "belongs to others' images"),
        ({"pullAccounts": ["210987654321"] * 2}, "2 times"),
        ({"caches": [{"upstream": "quay"}] * 2}, "quay 2 times"),
        ({"mirrored": [mirrored(), mirrored(digest="sha256:" + "1" * 64)]}, "kibana:9.2.1 2 times"),
    ],
)
def test_what_stands_in_the_way_of_something_else_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert reason in only(**changes).reason


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = problems(
        images=["A", "quay/x", "twice", "twice"], pushRoleArn="me", caches=[{"upstream": "github"}], keptReleases=0
    )
    assert len(found) == 6
    assert all(problem.fix for problem in found)


def refusals(account: str = "123456789012", region: str = "eu-central-1", **changes: Any) -> list[RefusedError]:
    return list(check_registry(RegistrySettings.model_validate(written(**changes)), account, region))


def test_a_secret_beside_the_registry_is_taken() -> None:
    assert refusals(caches=[{"upstream": "github", "credential": SECRET}, {"upstream": "quay"}]) == []


@pytest.mark.parametrize("elsewhere", [{"region": "us-east-1"}, {"account": "210987654321"}])
def test_a_secret_elsewhere_is_refused(elsewhere: dict[str, str]) -> None:
    (refused,) = refusals(caches=[{"upstream": "github", "credential": SECRET}], **elsewhere)
    assert "ECR would not read it" in refused.reason


def test_the_registrys_own_account_needs_no_leave_to_pull() -> None:
    (refused,) = refusals(pullAccounts=["123456789012"])
    assert "by their own permissions" in refused.reason
