"""Who pulls, who pushes, and what a repository lets go, as plain documents."""

from typing import Any

import pytest

from components.registry import lifecycle, policies
from components.registry.names import Names

ACCOUNT, OTHER, PUSHER = "123456789012", "210987654321", "arn:aws:iam::123456789012:role/pipeline"
NAMES = Names(ACCOUNT, "eu-central-1", "agents")
WRITING = {"ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"}


def by_sid(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_only_the_given_accounts_pull() -> None:
    statements = by_sid(policies.repository(ACCOUNT, [OTHER], None, PUSHER))
    assert statements["AccountsPull"]["Principal"] == {
        "AWS": [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER}:root"]
    }
    assert "OrganizationPulls" not in statements


def test_an_organization_pulls_under_its_id_only() -> None:
    statement = by_sid(policies.repository(ACCOUNT, [], "o-a1b2c3d4e5", PUSHER))["OrganizationPulls"]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    assert not WRITING & set(statement["Action"])


def test_everyone_but_the_pipeline_is_denied_every_action_by_which_it_pushes() -> None:
    statements = by_sid(policies.repository(ACCOUNT, [], None, PUSHER))
    denied = statements["NobodyElsePushes"]
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert denied["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": PUSHER}}
    assert (
        set(denied["Action"])
        == WRITING
        == set(statements["PipelinePushes"]["Action"]) - set(statements["AccountsPull"]["Action"])
    )


def test_what_ecr_fetched_is_pulled_and_never_pushed() -> None:
    document = policies.cached(ACCOUNT, [OTHER], "o-a1b2c3d4e5")
    assert set(by_sid(document)) == {"AccountsPull", "OrganizationPulls"}
    assert not any(WRITING & set(statement["Action"]) for statement in document["Statement"])


def test_images_are_fetched_into_the_caches_only() -> None:
    (statement,) = policies.cache_filling(NAMES, ["quay"], ["role"])["Statement"]
    assert statement["Resource"] == ["arn:aws:ecr:eu-central-1:123456789012:repository/agents/quay/*"]


@pytest.mark.parametrize("rules", [lifecycle.own(30, 7), lifecycle.mirrored(7), lifecycle.cached(90)])
def test_rules_come_in_an_order_that_ecr_takes(rules: dict[str, Any]) -> None:
    """ECR wants each priority once, and a rule for any image last."""
    priorities = [rule["rulePriority"] for rule in rules["rules"]]
    assert priorities == sorted(set(priorities))
    assert all(rule["selection"]["tagStatus"] != "any" for rule in rules["rules"][:-1])
    assert all(rule["action"] == {"type": "expire"} for rule in rules["rules"])


def test_the_last_releases_stay_and_what_has_no_tag_goes() -> None:
    untagged, tagged = (rule["selection"] for rule in lifecycle.own(30, 7)["rules"])
    assert (untagged["tagStatus"], untagged["countType"], untagged["countNumber"]) == (
        "untagged",
        "sinceImagePushed",
        7,
    )
    assert (tagged["countType"], tagged["countNumber"]) == ("imageCountMoreThan", 30)
    assert tagged["tagPatternList"] == ["*"]


def test_what_was_fetched_goes_by_its_age_alone() -> None:
    (rule,) = lifecycle.cached(90)["rules"]
    assert (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) == ("any", 90)
