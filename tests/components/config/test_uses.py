"""What agents may say they use, and what is refused before anything is made."""

from pathlib import Path

import pytest

from components.config.load import ROOT, read_stack_file
from components.config.uses import UsedModel
from tests.components.config.conftest import Project
from tests.components.identity.making import ROTATE, SECRETS, SERVICES, only, read, refused

ORDERS = {"service": "orders", "access": "write"}
PAYMENTS = {"secret": "payments"}


def test_an_agent_may_use_services_and_secrets_of_its_team_models_and_buckets(tmp_path: Path) -> None:
    model, bucket = {"model": "amazon.nova-lite-v1:0"}, {"bucket": "company-datasets", "prefix": "faq/"}
    config = read(tmp_path, {"storefront/shop": [ORDERS, PAYMENTS, model, bucket]})
    assert [type(use).__name__ for use in config.agents[0].uses("prod")] == [
        "UsedService",
        "UsedSecret",
        "UsedModel",
        "UsedBucket",
    ]


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        ({"service": "orders", "secret": "payments"}, "says service and secret at once"),
        ({"servce": "orders"}, "nothing says what is used"),
        ({}, "nothing says what is used"),
    ],
)
def test_an_entry_that_is_not_about_one_thing_is_refused(tmp_path: Path, use: dict[str, str], reason: str) -> None:
    problem = only(tmp_path, use)
    assert problem.path == "uses.0"
    assert reason in problem.reason


@pytest.mark.parametrize("use", [{"service": "*"}, {"secret": "*"}, {"model": "*"}, {"bucket": "*"}, {"model": "a.*"}])
def test_nothing_can_be_asked_for_as_a_whole(tmp_path: Path, use: dict[str, str]) -> None:
    assert only(tmp_path, use).path == f"uses.0.{next(iter(use))}"


def test_a_typo_inside_of_an_entry_is_refused_with_the_option_that_was_meant(tmp_path: Path) -> None:
    problem = only(tmp_path, {**ORDERS, "acess": "read"})
    assert problem.path == "uses.0.acess"
    assert "did you mean `access`?" in problem.fix


@pytest.mark.parametrize("folder", ["faq", "/faq/", "faq//2026/", "faq/*/"])
def test_only_a_whole_folder_of_a_bucket_can_be_named(tmp_path: Path, folder: str) -> None:
    assert only(tmp_path, {"bucket": "company-datasets", "prefix": folder}).path == "uses.0.prefix"


def test_others_buckets_are_never_written_to(tmp_path: Path) -> None:
    assert only(tmp_path, {"bucket": "company-datasets", "access": "write"}).path == "uses.0.access"


@pytest.mark.parametrize(
    ("use", "near"), [({"service": "order"}, "orders"), ({"secret": "payment"}, "payments")], ids=["service", "secret"]
)
def test_what_the_team_does_not_have_is_refused_with_the_nearest(
    tmp_path: Path, use: dict[str, str], near: str
) -> None:
    problem = only(tmp_path, use)
    assert "team storefront has no" in problem.reason
    assert f"did you mean {near}?" in problem.fix


def test_what_another_team_has_is_not_there(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, {"media/reader": [PAYMENTS]})
    assert "team media has no secret payments" in problem.reason
    assert "It has: none" in problem.fix


@pytest.mark.parametrize("name", ["sessions", "catalogue"])
def test_a_service_with_one_user_for_all_is_not_said_to_be_read_only(tmp_path: Path, name: str) -> None:
    assert only(tmp_path, {"service": name, "access": "read"}).fix == "write `access: readWrite`"


@pytest.mark.parametrize(
    ("use", "endpoint"),
    [(ORDERS, "sqs"), (PAYMENTS, "secretsmanager"), ({"model": "amazon.nova-lite-v1:0"}, "bedrock-runtime")],
)
def test_what_the_network_has_no_endpoint_for_is_refused(tmp_path: Path, use: dict[str, str], endpoint: str) -> None:
    network = {"kind": "made", "cidr": "10.40.0.0/16", "interfaceEndpoints": ["sts"]}
    problem = only(tmp_path, use, cluster={"network": network})
    assert f"no endpoint for {endpoint}" in problem.reason
    assert "interfaceEndpoints" in problem.fix


EXISTING = {
    "kind": "existing",
    "vpcId": "vpc-01234567",
    "cidr": "10.40.0.0/16",
    "privateSubnets": [{"id": f"subnet-0123456{n}", "zone": f"eu-central-1{z}"} for n, z in enumerate("abc", 1)],
}


def test_in_a_network_of_others_files_are_reached_where_its_addresses_are_told(tmp_path: Path) -> None:
    use = {"bucket": "company-datasets"}
    problem = only(tmp_path, use, cluster={"network": EXISTING})
    assert "gatewayCidrs: {s3: [...]}" in problem.fix
    told = {**EXISTING, "gatewayCidrs": {"s3": ["3.5.134.0/23"]}}
    assert read(tmp_path, {"storefront/shop": [use]}, cluster={"network": told})


def test_in_a_network_of_others_endpoints_are_taken_for_granted(tmp_path: Path) -> None:
    assert read(tmp_path, {"storefront/shop": [ORDERS, PAYMENTS]}, cluster={"network": EXISTING})


def test_protected_data_are_not_sent_to_a_model_that_answers_from_several_regions(tmp_path: Path) -> None:
    model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
    agent = {"uses": [{"model": model}], "dataClass": "health", "retentionDays": 30}
    (problem,) = refused(tmp_path, {"storefront/shop": agent})
    assert "health data would leave" in problem.reason
    assert "anthropic.claude-sonnet-4-5-20250929-v1:0, which answers in the cluster's region" in problem.fix


@pytest.mark.parametrize(
    ("model", "profile", "foundation"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", None, "anthropic.claude-3-haiku-20240307-v1:0"),
        ("eu.amazon.nova-pro-v1:0", "eu", "amazon.nova-pro-v1:0"),
        ("global.anthropic.claude-sonnet-4-6", "global", "anthropic.claude-sonnet-4-6"),
    ],
)
def test_a_profile_is_told_from_a_model(model: str, profile: str | None, foundation: str) -> None:
    used = UsedModel.model_validate({"model": model})
    assert (used.profile, used.foundation) == (profile, foundation)


def test_two_things_whose_variables_have_one_name_are_refused_until_one_is_called_otherwise(tmp_path: Path) -> None:
    first, second = {"model": "amazon.nova-lite-v1:0"}, {"model": "amazon.nova-pro-v1:0"}
    problem = only(tmp_path, first, second)
    assert problem.path == "uses"
    assert "MODEL_ID would be set twice" in problem.reason
    assert read(tmp_path, {"storefront/shop": [first, {**second, "as": "JUDGE"}]})


def test_a_variable_that_config_sets_too_is_refused(tmp_path: Path) -> None:
    agent = {"uses": [ORDERS], "config": {"ORDERS_URL": "somewhere"}}
    (problem,) = refused(tmp_path, {"storefront/shop": agent})
    assert "config has it too" in problem.reason


def test_the_same_thing_is_not_used_twice(tmp_path: Path) -> None:
    problems = refused(tmp_path, {"storefront/shop": [ORDERS, ORDERS]})
    assert any("uses has" in problem.reason for problem in problems)


def test_more_than_a_role_can_hold_is_refused_with_both_numbers(tmp_path: Path) -> None:
    many = [{"bucket": f"bucket-{'x' * 50}-{n}", "prefix": "folder/", "as": f"B{n}"} for n in range(60)]
    problem = only(tmp_path, *many)
    assert "a role in AWS holds 10240" in problem.reason
    assert read(tmp_path, {"storefront/shop": many[:20]})


def test_outside_of_aws_what_is_used_there_is_refused_with_the_way_to_leave_it_out(project: Project) -> None:
    project.write("shop/good", uses=[PAYMENTS, {"model": "amazon.nova-lite-v1:0"}])
    problems = project.problems()
    assert [problem.path for problem in problems] == ["uses.0", "uses.1"]
    assert "is not in AWS" in problems[0].reason
    assert "environments: [dev, prod]" in problems[0].fix


def test_what_is_used_in_other_environments_only_is_no_error_and_gives_nothing(project: Project) -> None:
    project.write("shop/good", uses=[{**PAYMENTS, "environments": ["dev", "prod"]}])
    (agent,) = project.read().agents
    assert agent.uses("local") == ()
    assert len(agent.uses("prod")) == 1


def test_secrets_outside_of_aws_are_refused(project: Project) -> None:
    project.settings["secrets"] = [{"name": "payments", "team": "shop", "description": "key"}]
    assert any("secrets are kept in AWS" in problem.reason for problem in project.problems())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"team": "nobody"}, "team nobody is not one of this environment's"),
        ({"team": None}, "nothing says which team's payments is"),
        ({"name": "payments-abc123"}, "ends in a hyphen and six characters"),
        ({"rotation": {"functionArn": ROTATE.replace("central", "west")}}, "Secrets Manager would not call it"),
        ({"rotation": {"functionArn": ROTATE, "days": 91}}, "less than or equal to 90"),
        ({"value": "hunter2"}, "`value` is no option here"),
    ],
)
def test_a_secret_that_can_not_be_is_refused(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    wrong = {key: value for key, value in {**SECRETS[0], **change}.items() if value is not None}
    problems = refused(tmp_path, {"storefront/shop": []}, secrets=[wrong])
    assert any(reason in problem.reason for problem in problems), problems
    assert not any("hunter2" in str(problem) for problem in problems)


def test_a_secret_is_declared_once_in_its_team(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, {"storefront/shop": []}, secrets=[SECRETS[0], SECRETS[0]])
    assert problem.path == "secrets.1"
    assert read(tmp_path, {"storefront/shop": []}, secrets=[SECRETS[0], {**SECRETS[0], "team": "media"}])


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    problems = refused(tmp_path, {"storefront/shop": [{"service": "nothing"}, {"secret": "nothing"}, ORDERS]})
    assert [problem.path for problem in problems] == ["uses.0", "uses.1"]


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_our_own_agents_can_be_in_every_environment(environment: str) -> None:
    assert read_stack_file(ROOT / f"Pulumi.{environment}.yaml", ROOT / "agents")


def test_every_service_of_the_vocabulary_is_tried_here() -> None:
    assert {each["kind"] for each in SERVICES} == {"queue", "cache", "table", "bucket", "database", "stream"}
