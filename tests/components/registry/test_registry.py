"""The registry: what it makes for each image and each upstream, and that the pack accepts it."""

from typing import Any

import hypothesis
import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.registry import NEEDS_CREDENTIAL, Upstream
from components.registry.component import Registry
from tests.components.aws_recording import ACCOUNT, REGION, Cloud, judged, recording, run, unjudged, violations
from tests.components.registry.making import (
    BOUNDARY,
    DIGEST,
    ELASTIC,
    NODES,
    PIPELINE,
    PLACE,
    SECRET,
    document,
    made_with,
    make,
    settings,
)

HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
REPOSITORY = "ecr/repository:Repository"
NAMES = {"agent-platform/reference", "agent-platform/storefront/recommender", f"agent-platform/mirror/{ELASTIC}"}


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what the registry registers in a preview, then in an up."""
    return made_with(settings(), preview=request.param)


@pytest.fixture(scope="module")
def up() -> Cloud:
    return made_with(settings())


def test_the_pack_accepts_the_registry_and_has_nothing_to_add(up: Cloud) -> None:
    said = judged(up)
    assert violations(said) == []
    assert unjudged(said) == []


def test_at_preview_nothing_but_what_the_new_key_encrypts_is_unknown_to_the_pack() -> None:
    said = judged(made_with(settings(), preview=True))
    assert violations(said) == []
    assert {text for text in unjudged(said) if "maker-permissions" not in text} == set()


def test_every_image_has_an_immutable_scanned_encrypted_and_protected_repository(either: Cloud) -> None:
    repositories = either.of_type(REPOSITORY)
    assert {each.inputs["name"] for each in repositories} == NAMES
    key = either.one("kms/key:Key").urn
    for each in repositories:
        assert each.inputs["imageTagMutability"] == "IMMUTABLE"
        assert each.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert each.inputs["encryptionConfigurations"][0]["encryptionType"] == "KMS"
        assert key in each.dependencies
        assert each.protect


@pytest.mark.parametrize("what", ["lifecycle", "access"])
def test_every_repository_says_what_it_keeps_and_who_uses_it(what: str, up: Cloud) -> None:
    companions = [each for each in up.registered if each.name.endswith(f"-{what}")]
    assert {each.inputs["repository"] for each in companions if "repository" in each.inputs} == NAMES


def test_a_repository_of_our_own_keeps_the_last_releases_and_a_copy_all_that_has_a_name(either: Cloud) -> None:
    own = document(either.named("registry-reference-lifecycle"))["rules"]
    copied = document(either.named(f"registry-mirror/{ELASTIC}-lifecycle"))["rules"]
    assert [rule["selection"]["tagStatus"] for rule in own] == ["untagged", "tagged"]
    assert [rule["selection"]["tagStatus"] for rule in copied] == ["untagged"]


def test_the_whole_registry_is_searched_for_flaws_again_and_again(either: Cloud) -> None:
    scanning = either.one("RegistryScanningConfiguration").inputs
    assert scanning["scanType"] == "ENHANCED"
    assert scanning["rules"] == [
        {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}
    ]


def test_basic_scanning_looks_at_each_push() -> None:
    scanning = made_with(settings(scanning="basic")).one("RegistryScanningConfiguration").inputs
    assert (scanning["scanType"], scanning["rules"][0]["scanFrequency"]) == ("BASIC", "SCAN_ON_PUSH")


def test_scanning_that_somebody_else_sets_is_left_alone() -> None:
    cloud = made_with(settings(scanning="elsewhere"))
    assert cloud.of_type("RegistryScanningConfiguration") == []
    assert violations(judged(cloud)) == []


def test_each_upstream_has_a_rule_after_the_template_of_its_repositories(either: Cloud) -> None:
    hosts = {"quay": "quay.io", "docker-hub": "registry-1.docker.io"}
    for upstream, host in hosts.items():
        rule, template = either.named(f"registry-{upstream}-cache"), either.named(f"registry-{upstream}-template")
        assert rule.inputs["upstreamRegistryUrl"] == host
        assert rule.inputs["ecrRepositoryPrefix"] == template.inputs["prefix"] == f"agent-platform/{upstream}"
        assert {template.urn, either.named("registry-maker-permissions").urn} <= rule.dependencies
        assert template.inputs["appliedFors"] == ["PULL_THROUGH_CACHE"]
        assert template.inputs["imageTagMutability"] == "IMMUTABLE"
        assert template.inputs["encryptionConfigurations"][0]["encryptionType"] == "KMS"
        assert either.named("registry-maker").urn in template.dependencies


def test_a_credential_goes_to_the_upstream_that_needs_it(either: Cloud) -> None:
    assert either.named("registry-docker-hub-cache").inputs["credentialArn"] == SECRET
    assert "credentialArn" not in either.named("registry-quay-cache").inputs


def test_ecr_makes_cached_repositories_by_a_bounded_role_with_the_registrys_key(up: Cloud) -> None:
    role, permissions = up.named("registry-maker"), document(up.named("registry-maker-permissions"))
    assert role.inputs["permissionsBoundary"] == BOUNDARY
    make_them, encrypt = permissions["Statement"]
    own = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/agent-platform"
    assert make_them["Resource"] == [f"{own}/quay/*", f"{own}/docker-hub/*"]
    assert encrypt["Resource"] == up.one("kms/key:Key").outputs["arn"]


def test_the_given_roles_alone_have_images_fetched(either: Cloud) -> None:
    (statement,) = document(either.one("RegistryPolicy"))["Statement"]
    assert statement["Principal"] == {"AWS": [NODES]}
    assert all(resource.endswith(("/quay/*", "/docker-hub/*")) for resource in statement["Resource"])


def test_without_upstreams_there_is_nothing_to_fetch_by() -> None:
    types = {each.type for each in made_with(settings(caches=[])).registered}
    assert not any("iam/" in each or "PullThrough" in each or "RegistryPolicy" in each for each in types)


def test_the_host_the_urls_and_the_commands_are_told() -> None:
    with recording(preview=False):
        registry = make(settings())
        assert registry.host == HOST
        assert registry.urls == {
            "reference": f"{HOST}/agent-platform/reference",
            "storefront/recommender": f"{HOST}/agent-platform/storefront/recommender",
            ELASTIC: f"{HOST}/agent-platform/mirror/{ELASTIC}",
        }
    assert registry.copy_commands == [
        f"crane copy {ELASTIC}@sha256:{'b' * 64} {HOST}/agent-platform/mirror/{ELASTIC}:9.2.0",
        f"crane copy {ELASTIC}@{DIGEST} {HOST}/agent-platform/mirror/{ELASTIC}:9.2.1",
    ]


def test_what_others_are_to_use_is_used(either: Cloud) -> None:
    means = (REPOSITORY, "kms/key:Key", "iam/role:Role", "RepositoryCreationTemplate")
    found = [each for each in either.registered if each.type.endswith(means)]
    assert len({each.type for each in found}) == len(means)
    assert [each.name for each in found if each.urn not in either.referenced()] == []


def test_two_registries_can_live_in_one_program() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        for name in ("one", "two"):
            Registry(name, settings(prefix=name), PLACE, protect=True, opts=opts)

    with recording(preview=False) as cloud:
        run(program)
    assert len({each.urn for each in cloud.registered}) == len(cloud.registered)
    assert violations(judged(cloud)) == []


def test_the_push_role_stands_in_every_repositorys_policy(either: Cloud) -> None:
    policies = [document(each) for each in either.of_type("ecr/repositoryPolicy:RepositoryPolicy")]
    assert len(policies) == len(NAMES)
    assert all(PIPELINE in str(policy) for policy in policies)


@given(
    images=st.lists(st.sampled_from(["a1", "team/agent", "x.y/z_1"]), min_size=1, unique=True),
    upstreams=st.lists(st.sampled_from(list(Upstream)), unique=True),
    organization=st.sampled_from([None, "o-a1b2c3d4e5"]),
    scanning=st.sampled_from(["enhanced", "basic", "elsewhere"]),
)
@hypothesis.settings(max_examples=8, deadline=None)
def test_the_pack_accepts_every_registry_that_settings_allow(
    images: list[str], upstreams: list[Upstream], organization: str | None, scanning: str
) -> None:
    caches: list[dict[str, Any]] = [
        {"upstream": str(each), **({"credential": SECRET} if NEEDS_CREDENTIAL[each] else {})} for each in upstreams
    ]
    said = judged(made_with(settings(images=images, caches=caches, pullOrganization=organization, scanning=scanning)))
    assert violations(said) == []
    assert unjudged(said) == []
