"""stack-explicit-providers: default providers, accounts and regions."""

import json
from typing import Any

import pytest

from policies.rule import Provider
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import refused, resource, unjudged

RULE = "stack-explicit-providers"
AWS = "pulumi:providers:aws"
ACCOUNT = "123456789012"
BOUNDED = {"region": "eu-central-1", "allowedAccountIds": [ACCOUNT]}


def by(name: str, kind: str, *, explicit: bool) -> Any:
    return resource({}, kind)._replace(provider=Provider("pulumi:providers:any", name, {}, explicit))


@pytest.mark.parametrize("kind", ["aws:s3/bucket:Bucket", "kubernetes:core/v1:ConfigMap"])
def test_a_resource_of_the_default_provider_is_refused(kind: str) -> None:
    (message,) = refused(RULE, by("default_7_1_0", kind, explicit=False))
    assert 'is made by the default provider "default_7_1_0"' in message
    assert refused(RULE, by("main", kind, explicit=True)) == []


@pytest.mark.parametrize(
    "kind", ["random:index/id:Id", "pulumi:pulumi:Stack", "agent-platform:index:Agent", "awsx:x:Y"]
)
def test_other_packages_and_components_are_not_concerned(kind: str) -> None:
    assert refused(RULE, by("default_1_0_0", kind, explicit=False)) == []


def test_a_resource_whose_provider_is_not_told_passes() -> None:
    assert refused(RULE, resource({}, "aws:s3/bucket:Bucket")) == []


@pytest.mark.parametrize("kind", ["pulumi:providers:aws", "pulumi:providers:kubernetes"])
@pytest.mark.parametrize("name", ["default", "default_7_1_0"])
def test_a_default_provider_is_refused_itself(kind: str, name: str) -> None:
    (message,) = refused(RULE, resource({}, kind, name))
    assert "a resource or a function call uses the default provider" in message


@pytest.mark.parametrize("name", ["default-cluster", "defaults", "main"])
def test_a_provider_that_the_program_named_is_explicit(name: str) -> None:
    assert refused(RULE, resource({}, "pulumi:providers:kubernetes", name)) == []
    assert refused(RULE, resource(BOUNDED, AWS, name)) == []


def test_the_default_provider_of_another_package_is_not_concerned() -> None:
    assert refused(RULE, resource({}, "pulumi:providers:random", "default_1_0_0")) == []


@pytest.mark.parametrize("accounts", [[ACCOUNT], [ACCOUNT, "210987654321"], json.dumps([ACCOUNT])])
def test_an_aws_provider_names_its_accounts_as_a_list_or_as_json(accounts: object) -> None:
    assert refused(RULE, resource({**BOUNDED, "allowedAccountIds": accounts}, AWS)) == []


@pytest.mark.parametrize("accounts", [None, [], "[]"])
def test_an_aws_provider_without_accounts_is_refused(accounts: object) -> None:
    (message,) = refused(RULE, resource({**BOUNDED, "allowedAccountIds": accounts}, AWS))
    assert "allowedAccountIds is not set" in message


@pytest.mark.parametrize("accounts", ["123", "{", 3, {"a": 1}, "[" * 100_000])
def test_accounts_of_the_wrong_type_are_refused(accounts: object) -> None:
    (message,) = refused(RULE, resource({**BOUNDED, "allowedAccountIds": accounts}, AWS))
    assert "where a list belongs" in message


@pytest.mark.parametrize("accounts", [[3], "[3]", [None]])
def test_an_account_of_the_wrong_type_is_refused(accounts: object) -> None:
    (message,) = refused(RULE, resource({**BOUNDED, "allowedAccountIds": accounts}, AWS))
    assert "allowedAccountIds[0]" in message


def test_only_listed_accounts_may_be_named() -> None:
    assert refused(RULE, resource(BOUNDED, AWS), accounts=[ACCOUNT, "1"]) == []
    (message,) = refused(RULE, resource(BOUNDED, AWS), accounts=["210987654321"])
    assert f'allowedAccountIds[0] is "{ACCOUNT}"' in message


def test_a_region_must_be_set_and_be_listed() -> None:
    assert "region is not set" in refused(RULE, resource({**BOUNDED, "region": None}, AWS))[0]
    assert "where a string belongs" in refused(RULE, resource({**BOUNDED, "region": 3}, AWS))[0]
    assert refused(RULE, resource(BOUNDED, AWS), regions=["eu-west-1", "eu-central-1"]) == []
    (message,) = refused(RULE, resource(BOUNDED, AWS), regions=["eu-west-1"])
    assert 'region is "eu-central-1". Fix: set region to one of eu-west-1' in message


@pytest.mark.parametrize("name", ["region", "allowedAccountIds"])
def test_an_unknown_is_not_judged(name: str) -> None:
    judged = resource({**BOUNDED, name: UNKNOWN}, AWS)
    assert refused(RULE, judged) == []
    assert name in unjudged(RULE, judged)[0]


def test_a_secret_account_is_not_printed() -> None:
    judged = resource({"region": Secret("hush"), "allowedAccountIds": [Secret("hush")]}, AWS)
    found = refused(RULE, judged, accounts=["1"], regions=["x"])
    assert len(found) == 2
    assert "hush" not in "".join(found)
