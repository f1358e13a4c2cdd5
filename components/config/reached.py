"""What a contract tells of a cluster in EKS that another stack made."""

from typing import Literal

from pydantic import Field

from components.config.cluster import NodePool
from components.config.eks import PolicyArn, Region
from components.config.model import Model
from components.config.names import Name
from components.config.network import AccountId, Zone


class ReachedGround(Model):
    """The account and the network of a cluster, for what teams make in AWS beside their agents."""

    account_id: AccountId
    vpc_id: str
    cidr: str
    private_subnet_ids: tuple[str, ...] = Field(min_length=1)
    public_subnet_ids: tuple[str, ...]
    node_security_group_id: str
    key_arn: str = Field(description="The KMS key of what teams keep.")
    boundary_arn: PolicyArn | None = None
    owner: str
    cost_center: str
    protect: bool


class ReachedEks(Model):
    """A cluster in EKS that another stack made: what its contract tells."""

    kind: Literal["eks"]
    name: Name
    identifier: str = Field(min_length=1, description="Its ARN.")
    region: Region
    endpoint: str = Field(pattern="^https://", description="The URL of its API server.")
    certificate_authority: str = Field(min_length=1, description="What signed the API server's certificate, in base64.")
    zones: tuple[Zone, ...] = Field(min_length=1)
    node_pools: tuple[NodePool, ...]
    ground: ReachedGround
