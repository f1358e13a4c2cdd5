"""What a contract tells of a cluster in EKS that another stack made."""

from typing import Literal

from pydantic import Field

from components.config.cluster import NodePool
from components.config.eks import PolicyArn
from components.config.model import Model
from components.config.names import Name
from components.config.network import AccountId, Zone
from components.config.regions import Region
from components.config.storage import BucketRole


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
    endpoints: tuple[str, ...] | None = Field(
        None, description="AWS services with an endpoint in the network; None: whoever made it knows."
    )
    gateway_cidrs: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="The region's addresses of services that are reached through a route."
    )


class ReachedEdge(Model):
    """The way in from outside, for the gateway that stands behind it; before its zone is delegated, the zone alone."""

    domain: str
    zone_id: str
    name_servers: tuple[str, ...] = Field((), description="Whom the domain above has to delegate to.")
    next: str | None = Field(None, description="What has to be done before anybody can come in.")
    url: str | None = None
    target_group_arn: str | None = Field(None, description="What the gateway's pods join.")
    balancer_security_group_id: str | None = Field(None, description="The group that calls the gateway's pods.")
    gateway_port: int | None = Field(None, description="Where they listen, with TLS.")
    gateway_health_port: int | None = Field(None, description="Where they tell of their health.")


class ReachedStorage(Model):
    """Where an environment keeps models, backups and logs, and the files that its pods share."""

    buckets: dict[BucketRole, str] = Field(description="The names of its buckets; load balancers and S3 log to `logs`.")
    file_system_id: str | None = Field(None, description="The file system.")
    shares: dict[str, str] = Field(default_factory=dict, description="The access points of its shares.")


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
    edge: ReachedEdge | None = None
    storage: ReachedStorage | None = None
