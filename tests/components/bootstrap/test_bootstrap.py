"""The bootstrap: buckets, keys and roles, that the pack accepts them, and that all of it is of use."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.bootstrap.component import Bootstrap, build
from components.bootstrap.names import PROJECT
from tests.components.aws_recording import ROOT, Cloud, recording, run, unjudged, violations
from tests.components.bootstrap.making import FOLDER, PACK_SETTINGS, document, github, judged, made_with, settings

STATE, LOGS = "pulumi-agent-platform-123456789012-eu-central-1", "pulumi-agent-platform-123456789012-eu-central-1-logs"
LONGEST_POLICY = 6144
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, in characters without white space."""


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what the bootstrap registers in a preview, then in an up."""
    return made_with(settings(), preview=request.param)


@pytest.fixture(scope="module")
def up() -> Cloud:
    return made_with(settings())


def test_the_pack_refuses_nothing_and_judges_all_of_it(
    up: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = judged(up, tmp_path, monkeypatch)
    assert [text for text in violations(said) if "Exempted until" not in text] == []
    assert unjudged(said) == []


def test_at_preview_nothing_but_what_names_the_new_keys_is_unknown_to_the_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = judged(made_with(settings(), preview=True), tmp_path, monkeypatch)
    assert [text for text in violations(said) if "Exempted until" not in text] == []
    about = ("bootstrap-up-state", "bootstrap-preview-policy", "bootstrap-state-access", "attachment")
    assert [text for text in unjudged(said) if not any(name in text for name in about)] == []


def test_every_exemption_is_needed(up: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = judged(up, tmp_path, monkeypatch)
    exempted = {(each.rule.name, each.urn.rpartition("::")[2]) for each in said if "Exempted until" in each.message}
    written = {
        (rule, each["resource"].rpartition("::")[2])
        for rule, options in json.loads(PACK_SETTINGS.read_text()).items()
        for each in options.get("exemptions", [])
    }
    assert exempted == written


def test_both_buckets_are_closed_versioned_protected_and_reached_by_tls_only(either: Cloud) -> None:
    for role, name in (("state", STATE), ("logs", LOGS)):
        bucket = either.named(f"bootstrap-{role}-bucket")
        assert bucket.inputs["bucket"] == name
        assert bucket.protect
        closed = either.named(f"bootstrap-{role}-closed").inputs
        assert all(closed[key] for key in closed if key != "bucket")
        assert either.named(f"bootstrap-{role}-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
        assert document(either.named(f"bootstrap-{role}-access"))["Statement"][-1]["Effect"] == "Deny"


def test_the_state_has_a_key_of_its_own_and_the_logs_s3s(up: Cloud) -> None:
    def encryption(role: str) -> dict[str, Any]:
        (rule,) = up.named(f"bootstrap-{role}-encryption").inputs["rules"]
        found: dict[str, Any] = rule["applyServerSideEncryptionByDefault"]
        return found

    assert encryption("state") == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": up.named("bootstrap-state-key").outputs["arn"],
    }
    assert encryption("logs") == {"sseAlgorithm": "AES256"}


def test_who_reads_the_state_is_logged_beside_it(either: Cloud) -> None:
    logging = either.one("s3/bucketLogging:BucketLogging")
    assert logging.inputs["targetPrefix"] == f"{STATE}/"
    assert {either.named(f"bootstrap-{role}-bucket").urn for role in ("state", "logs")} <= logging.dependencies


def test_old_state_goes_late_and_never_all_of_it() -> None:
    cloud = made_with(settings(oldStateDays=90, oldStateVersions=7))
    old, locks = cloud.named("bootstrap-state-lifecycle").inputs["rules"]
    assert old["noncurrentVersionExpiration"] == {"noncurrentDays": 90, "newerNoncurrentVersions": 7}
    assert "days" not in old["expiration"]
    assert locks["filter"] == {"prefix": ".pulumi/locks/"}
    assert cloud.named("bootstrap-state-versioning").urn in cloud.named("bootstrap-state-lifecycle").dependencies


def test_keys_are_found_by_their_aliases_and_protected(either: Cloud) -> None:
    assert [each.inputs["name"] for each in either.of_type("kms/alias:Alias")] == [
        "alias/pulumi-agent-platform-secrets",
        "alias/pulumi-agent-platform-state",
    ]
    assert all(each.protect for each in either.of_type("kms/key:Key"))


def test_each_role_has_a_boundary_and_preview_has_no_more_than_its_own(up: Cloud) -> None:
    arns = {role: up.named(f"bootstrap-{role}-policy").outputs["arn"] for role in ("boundary", "up", "preview")}
    assert up.named("bootstrap-up-role").inputs["permissionsBoundary"] == arns["boundary"]
    assert up.named("bootstrap-preview-role").inputs["permissionsBoundary"] == arns["preview"]
    attached = {each.inputs["role"]: each.inputs["policyArn"] for each in up.of_type("RolePolicyAttachment")}
    assert attached == {f"pulumi-agent-platform-{role}": arns[role] for role in ("up", "preview")}


def test_roles_wait_for_the_trust_in_github(either: Cloud) -> None:
    provider = either.one("OpenIdConnectProvider")
    assert provider.inputs["clientIdLists"] == ["sts.amazonaws.com"]
    assert all(provider.urn in each.dependencies for each in either.of_type("iam/role:Role"))


def test_a_trust_in_github_that_the_account_has_is_not_made_again() -> None:
    cloud = made_with(settings(github=github(makeProvider=False)))
    assert cloud.of_type("OpenIdConnectProvider") == []
    assert len(cloud.of_type("iam/role:Role")) == 2


def test_all_that_others_are_to_use_is_used(either: Cloud) -> None:
    means = ("s3/bucket:Bucket", "kms/key:Key", "iam/role:Role", "iam/policy:Policy", "OpenIdConnectProvider")
    found = [each for each in either.registered if each.type.endswith(means)]
    assert len({each.type for each in found}) == len(means)
    outputs = {"bootstrap-preview-role"}
    unused = {each.name for each in found if each.urn not in either.referenced()}
    assert unused <= outputs


def test_the_policies_are_as_long_as_iam_takes(up: Cloud) -> None:
    for policy in up.of_type("iam/policy:Policy"):
        assert len("".join(policy.inputs["policy"].split())) <= LONGEST_POLICY, policy.name


def test_the_program_tells_what_the_first_login_needs() -> None:
    with recording(preview=False) as cloud:
        outputs = run(lambda _: build(settings()))
    assert outputs["backend"] == f"s3://{STATE}?region=eu-central-1"
    assert outputs["secretsProvider"] == "awskms://alias/pulumi-agent-platform-secrets?region=eu-central-1"
    assert set(outputs) == {"backend", "secretsProvider", "upRoleArn", "previewRoleArn", "boundaryArn"}
    (provider,) = [each for each in cloud.of_type("pulumi:providers:aws") if "allowedAccountIds" in each.inputs][:1]
    assert json.loads(provider.inputs["allowedAccountIds"]) == ["123456789012"]


def test_the_bootstraps_state_is_not_the_pipelines() -> None:
    def project(path: Path) -> str:
        return str(yaml.safe_load(path.read_text())["name"])

    assert project(ROOT / "Pulumi.yaml") == PROJECT
    assert project(FOLDER / "Pulumi.yaml") != PROJECT


def test_two_bootstraps_can_live_in_one_program() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        for name in ("one", "two"):
            Bootstrap(name, settings(name=f"platform-{name}"), opts)

    with recording(preview=False) as cloud:
        run(program)
    assert len({each.urn for each in cloud.registered}) == len(cloud.registered)
    assert len({each.inputs["bucket"] for each in cloud.of_type("s3/bucket:Bucket")}) == 4
