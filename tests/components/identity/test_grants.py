"""What each thing that an agent uses gives it, as plain data."""

from typing import Any

import pytest

from components.config.uses import Access, Use, UsedBucket, UsedModel, UsedSecret, UsedService
from components.identity.documents import LONGEST_POLICY, policy, profile, role_name, size, trust
from components.identity.grants import Grant, Way, of_bucket, of_model, of_secret, peers
from components.identity.reach import reach
from components.identity.services import of_service
from components.identity.where import Where
from components.services.made import Made

KEY = "arn:aws:kms:eu-central-1:123456789012:key/data"
S3 = [{"ipBlock": {"cidr": "3.5.134.0/23"}}]
DYNAMODB = [{"ipBlock": {"cidr": "3.122.0.0/16"}}]
NETWORK = [{"ipBlock": {"cidr": "10.40.0.0/16"}}]
WHERE = Where(
    "agent-platform-prod", "123456789012", "eu-central-1", "10.40.0.0/16", KEY, None, {"s3": S3, "dynamodb": DYNAMODB}
)
READ = {"sqs:ReceiveMessage", "dynamodb:GetItem", "s3:GetObject", "kafka-cluster:ReadData"}
WRITE = {"sqs:SendMessage", "dynamodb:PutItem", "s3:PutObject", "kafka-cluster:WriteData"}


def made(kind: Any) -> Made:
    parts = {
        part: f"arn:{part}/*" for part in ("user", "deadLetters", "topics", "groups", "indexes", "login", "objects")
    }
    ports = {"cache": 6379, "database": 5432, "stream": 9098}
    return Made(
        kind, "storefront", "thing", f"arn:{kind}", f"{kind}.host", KEY, parts, ports.get(kind, 443), "agents", "app"
    )


def service(kind: str, access: str = "readWrite") -> Grant:
    return of_service(UsedService.model_validate({"service": "thing", "access": access}), made(kind), WHERE)


def actions(grant: Grant) -> set[str]:
    return {action for statement in grant.statements for action in statement["Action"]}


def test_a_secret_is_read_by_its_name_and_decrypted_for_secrets_manager_alone() -> None:
    grant = of_secret(UsedSecret.model_validate({"secret": "payments"}), "storefront", WHERE)
    read, key = grant.statements
    name = "agent-platform-prod/storefront/payments"
    assert read["Resource"] == [f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-??????"]
    assert key["Action"] == ["kms:Decrypt"]
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}}
    assert grant.variables == {"PAYMENTS_SECRET_NAME": name}
    assert grant.ways == (Way(NETWORK, 443),)


def test_a_model_is_asked_in_its_own_region_only() -> None:
    grant = of_model(UsedModel.model_validate({"model": "amazon.nova-lite-v1:0"}), WHERE)
    (statement,) = grant.statements
    assert statement["Resource"] == ["arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0"]
    assert grant.variables == {"MODEL_ID": "amazon.nova-lite-v1:0"}


@pytest.mark.parametrize(("geography", "regions"), [("eu", {"*"}), ("global", {"*", ""})])
def test_a_model_in_other_regions_is_asked_through_its_profile_only(geography: str, regions: set[str]) -> None:
    grant = of_model(UsedModel.model_validate({"model": f"{geography}.amazon.nova-pro-v1:0"}), WHERE)
    profile_, behind = grant.statements
    (arn,) = profile_["Resource"]
    assert arn == f"arn:aws:bedrock:eu-central-1:123456789012:inference-profile/{geography}.amazon.nova-pro-v1:0"
    assert {each.split(":")[3] for each in behind["Resource"]} == regions
    assert all(each.endswith("::foundation-model/amazon.nova-pro-v1:0") for each in behind["Resource"])
    assert behind["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": arn}}


def test_of_somebody_elses_bucket_one_folder_is_listed_and_read() -> None:
    used = {"bucket": "company-datasets", "prefix": "faq/", "as": "FAQ"}
    grant = of_bucket(UsedBucket.model_validate(used), WHERE)
    files, listing, _ = grant.statements
    assert files["Resource"] == ["arn:aws:s3:::company-datasets/faq/*"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["faq/*"]}}
    assert grant.variables == {"FAQ_NAME": "company-datasets", "FAQ_PREFIX": "faq/"}
    assert grant.ways == (Way(S3, 443),)


def test_a_bucket_with_a_key_of_its_own_is_decrypted_by_that_one_for_s3_alone() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/" + "0" * 8 + "-0000-0000-0000-" + "0" * 12
    used = UsedBucket.model_validate({"bucket": "company-datasets", "keyArn": key})
    decrypt = of_bucket(used, WHERE).statements[-1]
    assert decrypt["Resource"] == [key]
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}


@pytest.mark.parametrize("kind", ["queue", "table", "bucket", "stream"])
def test_reading_and_writing_are_given_apart(kind: str) -> None:
    assert len(actions(service(kind)) & (READ | WRITE)) == 2
    assert not actions(service(kind, "read")) & WRITE
    assert not actions(service(kind, "write")) & READ


@pytest.mark.parametrize("kind", ["queue", "table", "bucket"])
def test_the_key_makes_new_data_keys_for_writers_only(kind: str) -> None:
    assert "kms:GenerateDataKey" not in actions(service(kind, "read"))
    assert {"kms:GenerateDataKey", "kms:Decrypt"} <= actions(service(kind, "write"))


@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        ("cache", Way(NETWORK, 6379)),
        ("database", Way(NETWORK, 5432)),
        ("stream", Way(NETWORK, 9098)),
        ("queue", Way(NETWORK, 443)),
        ("table", Way(DYNAMODB, 443)),
        ("bucket", Way(S3, 443)),
    ],
)
def test_the_network_lets_out_to_where_a_service_is_and_nowhere_else(kind: str, ways: Way) -> None:
    assert service(kind).ways == (ways,)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("cache", {"HOST", "PORT", "USER", "DATABASE"}),
        ("database", {"HOST", "PORT", "USER", "DATABASE"}),
        ("stream", {"BROKERS"}),
        ("queue", {"URL"}),
        ("table", {"TABLE"}),
        ("bucket", {"BUCKET"}),
    ],
)
def test_an_agent_finds_a_service_by_variables_that_begin_with_its_name(kind: str, names: set[str]) -> None:
    assert set(service(kind).variables) == {f"THING_{name}" for name in names}


@pytest.mark.parametrize("kind", ["cache", "database", "stream", "queue", "table", "bucket"])
@pytest.mark.parametrize("access", list(Access))
def test_no_action_and_no_resource_is_a_wildcard_alone(kind: str, access: Access) -> None:
    for statement in service(kind, access.value).statements:
        assert not any("*" in action for action in statement["Action"])
        assert "*" not in statement["Resource"]


def test_ranges_that_are_too_wide_for_a_network_policy_are_cut() -> None:
    assert [peer["ipBlock"]["cidr"] for peer in peers(["52.216.0.0/15", "3.5.0.0/19"])] == [
        "52.216.0.0/16",
        "52.217.0.0/16",
        "3.5.0.0/19",
    ]


def test_where_no_range_is_told_a_network_policy_lets_out_to_nobody() -> None:
    assert peers([]) == [{"ipBlock": {"cidr": "255.255.255.255/32"}}]


def test_what_differs_by_its_resources_alone_becomes_one_statement() -> None:
    names = ("payments", "mail", "payments")
    grants = [of_secret(UsedSecret.model_validate({"secret": name}), "storefront", WHERE) for name in names]
    read, key = policy(statement for grant in grants for statement in grant.statements)["Statement"]
    assert [arn.rpartition("/")[2] for arn in read["Resource"]] == ["payments-??????", "mail-??????"]
    assert key["Resource"] == [KEY]


def test_an_arn_that_is_not_known_yet_counts_with_the_longest_that_it_can_be() -> None:
    known = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B"], "Resource": ["x" * 60]}]}
    unknown = {**known, "Statement": [{**known["Statement"][0], "Resource": [object()]}]}  # type: ignore[dict-item]
    assert size(known) < size(unknown) < LONGEST_POLICY


def test_agents_that_use_the_same_share_a_profile_whatever_they_call_it() -> None:
    one: list[Use] = [
        UsedSecret.model_validate({"secret": "a"}),
        UsedModel.model_validate({"model": "amazon.nova-lite-v1:0"}),
    ]
    same: list[Use] = [
        UsedModel.model_validate({"model": "amazon.nova-lite-v1:0", "as": "JUDGE"}),
        UsedSecret.model_validate({"secret": "a", "environments": ["prod"]}),
    ]
    assert profile(one) == profile(same)
    assert profile(one) != profile(one[:1])
    queue = {"service": "orders", "access": "read"}
    assert profile([UsedService.model_validate(queue)]) != profile(
        [UsedService.model_validate({**queue, "access": "write"})]
    )


def test_names_of_roles_fit_iam_begin_with_the_cluster_and_never_meet() -> None:
    long = Where("c" * 40, "123456789012", "ap-southeast-2", "10.0.0.0/16", KEY)
    elsewhere = Where("c" * 40, "123456789012", "eu-central-1", "10.0.0.0/16", KEY)
    names = {
        role_name(where, "t" * 39 + end, profile_)
        for where in (long, elsewhere)
        for end in "ab"
        for profile_ in (("x",), ("y",))
    }
    assert len(names) == 8
    assert all(len(name) <= 64 and name.startswith("c" * 40) for name in names)


def test_a_role_is_taken_by_pods_of_one_namespace_of_one_cluster() -> None:
    (statement,) = trust(WHERE, "storefront")["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": "123456789012",
            "aws:RequestTag/kubernetes-namespace": "storefront",
        },
        "ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-central-1:123456789012:cluster/agent-platform-prod"},
    }


def test_the_same_way_out_is_opened_once() -> None:
    grants = [service("queue"), of_secret(UsedSecret.model_validate({"secret": "a"}), "storefront", WHERE)]
    assert reach([*grants, service("bucket"), service("bucket")], []).ways == (Way(NETWORK, 443), Way(S3, 443))
