"""What the bootstrap's things are called. All of it follows from the settings, so that documents are known beforehand.

https://www.pulumi.com/docs/iac/concepts/state-and-backends/ says where in a bucket a project's state is.
"""

from dataclasses import dataclass

from components.config.bootstrap import BootstrapSettings

PROJECT = "agent-platform"
"""The project whose state the pipeline writes, as Pulumi.yaml names it; the bootstrap's own is another."""
GITHUB = "token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Names:
    """Names and ARNs.

    Args:
        name: what they begin with.
        account_id: the account.
        region: the region of state and keys.
        other_regions: where else the account's environments have anything.
    """

    name: str
    account_id: str
    region: str
    other_regions: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: BootstrapSettings) -> "Names":
        """Return the names that follow from the settings."""
        return cls(settings.name, settings.account_id, settings.region, settings.other_regions)

    @property
    def regions(self) -> tuple[str, ...]:
        """Return all regions in which the pipeline may make things."""
        return (self.region, *self.other_regions)

    @property
    def state_bucket(self) -> str:
        """Return the bucket of the state. It does not begin as what the pipeline may make."""
        return f"pulumi-{self.name}-{self.account_id}-{self.region}"

    @property
    def log_bucket(self) -> str:
        """Return the bucket that says who read and wrote the state."""
        return f"{self.state_bucket}-logs"

    @property
    def state_alias(self) -> str:
        """Return the alias of the key that encrypts the bucket, without `alias/`."""
        return f"pulumi-{self.name}-state"

    @property
    def secrets_alias(self) -> str:
        """Return the alias of the key that encrypts secrets in state and settings, without `alias/`."""
        return f"pulumi-{self.name}-secrets"

    @property
    def provider_arn(self) -> str:
        """Return the ARN of the account's trust in GitHub."""
        return f"arn:aws:iam::{self.account_id}:oidc-provider/{GITHUB}"

    @property
    def boundary_arn(self) -> str:
        """Return the ARN of the policy that bounds the pipeline and all roles that it makes."""
        return self.policy_arn("boundary")

    @property
    def backend(self) -> str:
        """Return what `pulumi login` takes."""
        return f"s3://{self.state_bucket}?region={self.region}"

    @property
    def secrets_provider(self) -> str:
        """Return what `pulumi stack init --secrets-provider` takes."""
        return f"awskms://alias/{self.secrets_alias}?region={self.region}"

    def entity(self, role: str) -> str:
        """Return the name of a role or policy. It does not begin as what the pipeline may make."""
        return f"pulumi-{self.name}-{role}"

    def role_arn(self, role: str) -> str:
        """Return the ARN of a role."""
        return f"arn:aws:iam::{self.account_id}:role/{self.entity(role)}"

    def policy_arn(self, role: str) -> str:
        """Return the ARN of a policy."""
        return f"arn:aws:iam::{self.account_id}:policy/{self.entity(role)}"

    def arns(self, service: str, resource: str) -> str:
        """Return the ARN of what begins with the name, in any region: `resource` ends where the name begins."""
        return f"arn:aws:{service}:*:{self.account_id}:{resource}{self.name}*"
