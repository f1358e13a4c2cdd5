"""What the production environment makes, the pipeline may make."""

import pytest

from components.bootstrap import permissions
from components.bootstrap.boundary import boundary
from components.bootstrap.names import Names
from components.config.bootstrap import BootstrapSettings
from tests.components.bootstrap.iam import allows
from tests.components.bootstrap.making import settings
from tests.components.eks.making import recorded

MAKING = {
    "cloudwatch/logGroup:LogGroup": "logs:CreateLogGroup",
    "iam/role:Role": "iam:CreateRole",
    "eks/cluster:Cluster": "eks:CreateCluster",
    "ec2/vpc:Vpc": "ec2:CreateVpc",
    "kms/key:Key": "kms:CreateKey",
}


@pytest.mark.parametrize(("token", "action"), MAKING.items())
def test_the_pipeline_may_make_what_production_has(token: str, action: str) -> None:
    names = Names.of(settings())
    context = {
        "aws:PrincipalArn": names.role_arn("up"),
        "aws:RequestedRegion": names.region,
        "iam:PermissionsBoundary": names.boundary_arn,
    }
    arns = [each.outputs["arn"] for each in recorded(preview=False)[0].of_type(token)]
    assert arns
    for arn in arns:
        assert allows(permissions.changing(names), action, arn, context), arn
        assert allows(boundary(names), action, arn, context), arn


def test_the_names_of_an_environment_begin_as_the_pipeline_may_make_them_by_default() -> None:
    name = BootstrapSettings.model_fields["name"].default
    roles = recorded(preview=False)[0].of_type("iam/role:Role")
    assert [role.inputs["name"] for role in roles if not role.inputs["name"].startswith(name)] == []
