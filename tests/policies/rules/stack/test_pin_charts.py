"""stack-charts-pinned: versions, repositories and switches."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "stack-charts-pinned"
TYPES = ("kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v4:Chart")
REPO = "https://charts.example.com/stable"
OCI = "oci://registry.example.com/charts"
LISTED = [f"{REPO}/", OCI]
DIGEST = "@sha256:" + "a1" * 32


def chart(kind: Any = TYPES[0], **changes: Any) -> Any:
    properties = {"chart": "gateway", "version": "1.2.3", "repositoryOpts": {"repo": REPO}, **changes}
    return resource(properties, kind)


def found(kind: Any = TYPES[0], **changes: Any) -> list[str]:
    return refused(RULE, chart(kind, **changes), repositories=LISTED)


@pytest.mark.parametrize("kind", TYPES)
def test_an_exact_version_from_a_listed_repository_passes(kind: str) -> None:
    assert found(kind) == []
    assert found(kind, repositoryOpts=None, fetchOpts={"repo": f"{REPO}/"}) == []
    assert found(kind, repositoryOpts=None, chart=f"{OCI}/gateway") == []
    assert found(kind, repositoryOpts=None, chart=f"{OCI}/gateway{DIGEST}", version=None) == []


@pytest.mark.parametrize("kind", TYPES)
def test_a_chart_that_shows_nothing_is_refused(kind: str) -> None:
    (message,) = refused(RULE, resource({}, kind))
    assert "chart is not shown" in message


@pytest.mark.parametrize("version", ["1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2.3+build.7", "0.0.1", "10.20.30"])
def test_an_exact_version_passes(version: str) -> None:
    assert found(version=version) == []


@pytest.mark.parametrize(
    "version", ["", "1", "1.2", "^1.2.3", "~1.2.3", "1.2.x", ">=1.2.3", "latest", "1.2.3 || 2.0.0"]
)
def test_a_version_that_is_not_exact_is_refused(version: str) -> None:
    (message,) = found(version=version)
    assert "version is" in message
    assert "write one exact version" in message


def test_a_version_that_is_missing_or_no_string_is_refused() -> None:
    assert "version is not set" in found(version=None)[0]
    assert "where a string belongs" in found(version=1.2)[0]
    assert "version is not set" in found(chart=f"{OCI}/gateway", repositoryOpts=None, version=None)[0]
    assert len(found(chart=f"{OCI}/gateway@sha256:abc", repositoryOpts=None, version=None)) == 1


@pytest.mark.parametrize(
    "repo", ["https://charts.example.com/other", f"{REPO}-evil", "https://x.example.com", f"{REPO}/../x"]
)
def test_a_repository_that_is_not_listed_is_refused(repo: str) -> None:
    (message,) = found(repositoryOpts={"repo": repo})
    assert "repositoryOpts.repo is" in message


@pytest.mark.parametrize("source", ["oci://evil.example.com/gateway", f"{OCI}-evil/gateway", f"oci://x/y{DIGEST}"])
def test_a_registry_that_is_not_listed_is_refused(source: str) -> None:
    (message,) = found(chart=source, repositoryOpts=None)
    assert "chart is" in message


def test_no_repository_is_listed_by_default() -> None:
    assert len(refused(RULE, chart())) == 1


def test_a_chart_that_is_no_file_needs_a_repository() -> None:
    (message,) = found(repositoryOpts=None)
    assert "repositoryOpts.repo is not set" in message


@pytest.mark.parametrize("path", ["./charts/gateway", "../gateway", "/srv/gateway"])
def test_a_chart_of_the_checkout_has_the_version_of_the_checkout(path: str) -> None:
    assert found(chart=path, repositoryOpts=None, version=None) == []
    assert len(found(chart=path, version=None)) == 1


@pytest.mark.parametrize(
    "name", ["devel", "disableOpenapiValidation", "disableWebhooks", "forceUpdate", "replace", "skipAwait"]
)
def test_a_switch_that_turns_checks_off_is_refused(name: str) -> None:
    (message,) = found(**{name: True})
    assert f"{name} is true. Fix: set it to false or remove it" in message
    assert found(**{name: False}) == []
    assert "where a boolean belongs" in found(**{name: "yes"})[0]


@pytest.mark.parametrize(
    "changes", [{"chart": UNKNOWN}, {"version": UNKNOWN}, {"repositoryOpts": UNKNOWN}, {"skipAwait": UNKNOWN}]
)
def test_an_unknown_is_not_judged(changes: Any) -> None:
    assert found(**changes) == []
    (message,) = unjudged(RULE, chart(**changes), repositories=LISTED)
    assert f"unknown at preview: {next(iter(changes))}" in message


def test_a_chart_of_the_wrong_type_is_refused() -> None:
    assert "where a string belongs" in found(chart=3)[0]
