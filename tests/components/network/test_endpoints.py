"""What a network reaches of AWS without the internet, and what it can't carry off by that way."""

import pytest

from components.config.network import DEFAULT_ENDPOINTS
from tests.components.aws_recording import ACCOUNT, Cloud
from tests.components.network.making import CIDR, id_of, made_with, make, settings, statements


def test_every_private_subnet_reaches_s3_and_dynamodb_without_a_gateways_toll(made: Cloud) -> None:
    tables = [id_of(made, f"network-private-{letter}-routes") for letter in "abc"]
    for service in ("dynamodb", "s3"):
        endpoint = made.named(f"network-endpoint-{service}").inputs
        assert endpoint["serviceName"] == f"com.amazonaws.eu-central-1.{service}"
        assert endpoint["vpcEndpointType"] == "Gateway"
        assert endpoint["routeTableIds"] == tables


def test_interface_endpoints_are_in_the_intra_subnets_under_their_services_own_names(made: Cloud) -> None:
    found = [r for r in made.of_type("vpcEndpoint:VpcEndpoint") if r.inputs["vpcEndpointType"] == "Interface"]
    assert [r.name for r in found] == [f"network-endpoint-{service}" for service in DEFAULT_ENDPOINTS]
    for endpoint in found:
        assert endpoint.inputs["privateDnsEnabled"] is True
        assert endpoint.inputs["subnetIds"] == [id_of(made, f"network-intra-{letter}") for letter in "abc"]
        assert endpoint.inputs["securityGroupIds"] == [id_of(made, "network-endpoints")]


def test_endpoints_answer_the_vpc_on_https_and_begin_nothing(made: Cloud) -> None:
    rule = made.one("SecurityGroupIngressRule").inputs
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"], rule["cidrIpv4"]) == ("tcp", 443, 443, CIDR)
    assert rule["securityGroupId"] == id_of(made, "network-endpoints")
    assert made.of_type("SecurityGroupEgressRule") == []
    group = made.named("network-endpoints").inputs
    assert not {"ingress", "egress"} & set(group)


def test_without_interface_endpoints_there_is_no_group_for_them(cloud: Cloud) -> None:
    network = make(settings(interfaceEndpoints=[]))
    assert network.endpoint_security_group_id is None
    assert cloud.of_type("securityGroup:SecurityGroup") == []
    assert {r.inputs["vpcEndpointType"] for r in cloud.of_type("VpcEndpoint")} == {"Gateway"}


def test_nothing_is_written_to_another_accounts_bucket_or_table() -> None:
    cloud = made_with(settings(trustedAccounts=["210987654321"]))
    own = [ACCOUNT, "210987654321"]
    for service in ("dynamodb", "s3"):
        *readers, writers = statements(cloud.named(f"network-endpoint-{service}"))
        assert writers["Condition"]["StringEquals"] == {"aws:PrincipalAccount": own, "aws:ResourceAccount": own}
        for statement in readers:
            assert {action.partition(":")[2][:3] for action in statement["Action"]} <= {"Get", "Lis"}


@pytest.mark.parametrize("service", ["ecr.api", "logs", "secretsmanager", "ssm"])
def test_services_that_carry_data_take_this_accounts_identities_only(either: Cloud, service: str) -> None:
    (statement,) = statements(either.named(f"network-endpoint-{service}"))
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT]}}


def test_where_a_policy_is_of_no_use_aws_own_stays(either: Cloud) -> None:
    assert "policy" not in either.named("network-endpoint-eks-auth").inputs
