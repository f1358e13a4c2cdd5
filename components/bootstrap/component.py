"""The bootstrap as one component, and the program that makes it.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.bootstrap import permissions, state
from components.bootstrap.boundary import boundary
from components.bootstrap.names import GITHUB, Names
from components.bootstrap.trust import AUDIENCE, trust
from components.bucket import Guard, PrivateBucket
from components.bucket.logs import access_logs
from components.config.bootstrap import BootstrapSettings, FromBranch, FromEnvironment
from components.kms import Key

_HOUR = 3600


class Bootstrap(pulumi.ComponentResource):
    """What an account needs before its first stack: a place for state, keys, and who the pipeline is.

    Its own state begins on a disk and moves into the bucket that it made. People run it; the pipeline's roles can
    change nothing of it.

    Args:
        settings: the bootstrap's settings.

    Attributes:
        outputs: what others have to know of it, by name.
    """

    outputs: Mapping[str, pulumi.Input[str]]

    def __init__(self, name: str, settings: BootstrapSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:Bootstrap", name, None, opts)
        self._name, self._settings, self._names = name, settings, Names.of(settings)
        self._child = pulumi.ResourceOptions(parent=self)
        state_key, secrets_key = self._make_keys()
        self._make_buckets(state_key)
        bound = self._make_boundary()
        trusted = self._trust_github()
        up = self._make_up(bound, trusted, state_key, secrets_key)
        preview = self._make_preview(trusted, state_key, secrets_key)
        self.outputs = self._told(bound, up, preview)
        self.register_outputs(dict(self.outputs))

    def _make_keys(self) -> tuple[Key, Key]:
        """Make two keys: who reads the state need not be able to decrypt the secrets in it."""
        return (
            self._make_key("state", self._names.state_alias, "The bucket of Pulumi's state"),
            self._make_key("secrets", self._names.secrets_alias, "Secrets in Pulumi's state and settings"),
        )

    def _make_key(self, role: str, alias: str, description: str) -> Key:
        return Key(
            f"{self._name}-{role}",
            description=description,
            alias=alias,
            account_id=self._names.account_id,
            protect=True,
            opts=self._child,
        )

    def _make_buckets(self, state_key: Key) -> None:
        settings, names = self._settings, self._names
        logs = PrivateBucket(
            f"{self._name}-logs",
            names.log_bucket,
            guard=None,
            rules=state.log_rules(settings.access_log_days),
            statements=[access_logs(names.log_bucket, names.account_id, [names.state_bucket])],
            protect=True,
            opts=self._child,
        )
        PrivateBucket(
            f"{self._name}-state",
            names.state_bucket,
            guard=Guard(state_key.arn, logs.log_target),
            rules=state.state_rules(settings.old_state_days, settings.old_state_versions),
            protect=True,
            opts=self._child,
        )

    def _make_boundary(self) -> aws.iam.Policy:
        return self._make_policy("boundary", "The most that the pipeline and its roles may do", boundary(self._names))

    def _trust_github(self) -> list[pulumi.Resource]:
        """Make the account trust GitHub's tokens, unless it does; return what the roles wait for."""
        if not self._settings.github.make_provider:
            return []
        return [
            aws.iam.OpenIdConnectProvider(
                f"{self._name}-github",
                url=f"https://{GITHUB}",
                client_id_lists=[AUDIENCE],
                tags={"Name": "github"},
                opts=self._child,
            )
        ]

    def _make_up(
        self, bound: aws.iam.Policy, trusted: list[pulumi.Resource], state_key: Key, secrets_key: Key
    ) -> aws.iam.Role:
        """Make the role that changes the account."""
        changing = self._make_policy("up", "What pulumi up changes", permissions.changing(self._names))
        role = self._make_role("up", "pulumi up", self._settings.github.up, bound, trusted)
        self._attach("up", role, changing)
        aws.iam.RolePolicy(
            f"{self._name}-up-state",
            name="state",
            role=role.name,
            policy=pulumi.Output.json_dumps(state.writing(self._names, state_key.arn, secrets_key.arn)),
            opts=self._child,
        )
        return role

    def _make_preview(self, trusted: list[pulumi.Resource], state_key: Key, secrets_key: Key) -> aws.iam.Role:
        """Make the role that only looks: the policy that it has is its boundary too, so that no other adds to it."""
        reading = state.reading(self._names, state_key.arn, secrets_key.arn)
        looking = self._make_policy("preview", "What pulumi preview reads", permissions.looking(self._names, reading))
        role = self._make_role("preview", "pulumi preview", self._settings.github.preview, looking, trusted)
        self._attach("preview", role, looking)
        return role

    def _make_policy(self, role: str, description: str, document: Mapping[str, Any]) -> aws.iam.Policy:
        return aws.iam.Policy(
            f"{self._name}-{role}-policy",
            name=self._names.entity(role),
            description=description,
            policy=pulumi.Output.json_dumps(document),
            tags={"Name": self._names.entity(role)},
            opts=self._child,
        )

    def _make_role(
        self,
        role: str,
        runs: str,
        origin: FromEnvironment | FromBranch,
        bound: aws.iam.Policy,
        trusted: list[pulumi.Resource],
    ) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{role}-role",
            name=self._names.entity(role),
            description=f"Jobs on GitHub that run {runs}",
            assume_role_policy=json.dumps(trust(self._names, self._settings.github, origin)),
            permissions_boundary=bound.arn,
            max_session_duration=2 * _HOUR,
            tags={"Name": self._names.entity(role)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=trusted),
        )

    def _attach(self, role: str, to: aws.iam.Role, policy: aws.iam.Policy) -> None:
        aws.iam.RolePolicyAttachment(
            f"{self._name}-{role}-attachment", role=to.name, policy_arn=policy.arn, opts=self._child
        )

    def _told(self, bound: aws.iam.Policy, up: aws.iam.Role, preview: aws.iam.Role) -> dict[str, pulumi.Input[str]]:
        return {
            "backend": self._names.backend,
            "secretsProvider": self._names.secrets_provider,
            "upRoleArn": up.arn,
            "previewRoleArn": preview.arn,
            "boundaryArn": bound.arn,
        }


def build(settings: BootstrapSettings) -> Mapping[str, Any]:
    """Make the resources of a bootstrap's stack by a provider that can change one account only; return its outputs."""
    tags = {
        "owner": settings.owner,
        "environment": settings.environment,
        "team": "platform",
        "cost-center": settings.cost_center,
    }
    provider = aws.Provider(
        "aws",
        region=settings.region,
        allowed_account_ids=[settings.account_id],
        default_tags={"tags": tags},
    )
    return Bootstrap("bootstrap", settings, pulumi.ResourceOptions(provider=provider)).outputs
