"""A registry as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.registry import Cache, RegistrySettings, Scanning
from components.kms import Key
from components.network.place import Place
from components.registry import lifecycle, policies, upstreams
from components.registry.names import Names


class Registry(pulumi.ComponentResource):
    """The images that an environment runs: a repository each for its own and for copies of others', and caches.

    No tag can be moved, every image is searched for known flaws, all of it is encrypted by one key. What an account has
    once a region (how its registry scans, who may fill its caches) is replaced as a whole by this one.

    Args:
        settings: the registry's settings.
        place: the account and the region that it is in.
        cache_role_arns: the roles for which images may be fetched on demand, as that of the nodes.
        boundary_arn: the policy that bounds the role which it makes, where the pipeline may make no other.
        protect: refuse to delete repositories and their key.

    Attributes:
        host: the registry's host, as images name it.
        urls: the URL of each image's repository, by the image's name in the settings, copies by their source.
        copy_commands: what copies others' images into it.
    """

    host: str
    urls: Mapping[str, str]
    copy_commands: list[str]

    def __init__(
        self,
        name: str,
        settings: RegistrySettings,
        place: Place,
        *,
        cache_role_arns: Sequence[pulumi.Input[str]] = (),
        boundary_arn: pulumi.Input[str] | None = None,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Registry", name, None, opts)
        self._name, self._settings, self._is_kept = name, settings, protect
        self._names = Names(place.account_id, place.region, settings.prefix)
        self._child = pulumi.ResourceOptions(parent=self)
        self._key = self._make_key()
        self._scan()
        self.host, self.urls = self._names.host, self._make_repositories()
        self._cache(cache_role_arns, boundary_arn)
        self.copy_commands = upstreams.copy_commands(self._names, settings.mirrored)
        self.register_outputs({"host": self.host, "urls": self.urls, "copyCommands": self.copy_commands})

    def _make_key(self) -> Key:
        return Key(
            f"{self._name}-images",
            description=f"Images below {self._settings.prefix}",
            alias=f"{self._settings.prefix}/images",
            account_id=self._names.account_id,
            protect=self._is_kept,
            opts=self._child,
        )

    def _scan(self) -> None:
        scanning = self._settings.scanning
        if scanning is Scanning.ELSEWHERE:
            return
        enhanced = scanning is Scanning.ENHANCED
        aws.ecr.RegistryScanningConfiguration(
            f"{self._name}-scanning",
            scan_type="ENHANCED" if enhanced else "BASIC",
            rules=[
                {
                    "scan_frequency": "CONTINUOUS_SCAN" if enhanced else "SCAN_ON_PUSH",
                    "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}],
                }
            ],
            opts=self._child,
        )

    def _make_repositories(self) -> dict[str, str]:
        """Make all repositories, and return the URL of each image, which follows from its name."""
        settings = self._settings
        kept = lifecycle.own(settings.kept_releases, settings.untagged_days)
        copied = lifecycle.mirrored(settings.untagged_days)
        copies = {image.source: image.repository for image in settings.mirrored}
        for image in settings.images:
            self._make_repository(image, kept)
        for repository in sorted(copies.values()):
            self._make_repository(repository, copied)
        repositories = {image: image for image in settings.images} | copies
        return {name: self._names.url(repository) for name, repository in repositories.items()}

    def _make_repository(self, image: str, rules: Mapping[str, Any]) -> None:
        repository = aws.ecr.Repository(
            f"{self._name}-{image}",
            name=self._names.name(image),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": self._key.arn}],
            tags={"Name": self._names.name(image)},
            opts=pulumi.ResourceOptions(parent=self, protect=self._is_kept),
        )
        aws.ecr.LifecyclePolicy(
            f"{self._name}-{image}-lifecycle",
            repository=repository.name,
            policy=json.dumps(rules),
            opts=self._child,
        )
        aws.ecr.RepositoryPolicy(
            f"{self._name}-{image}-access",
            repository=repository.name,
            policy=json.dumps(policies.repository(*self._pullers(), self._settings.push_role_arn)),
            opts=self._child,
        )

    def _pullers(self) -> tuple[str, tuple[str, ...], str | None]:
        return self._names.account_id, self._settings.pull_accounts, self._settings.pull_organization

    def _cache(self, role_arns: Sequence[pulumi.Input[str]], boundary_arn: pulumi.Input[str] | None) -> None:
        folders = [str(cache.upstream) for cache in self._settings.caches]
        if not folders:
            return
        role, permissions = self._make_maker(folders, boundary_arn)
        for cache in self._settings.caches:
            self._fetch_from(cache, role, permissions)
        if role_arns:
            aws.ecr.RegistryPolicy(
                f"{self._name}-cache-access",
                policy=pulumi.Output.json_dumps(policies.cache_filling(self._names, folders, role_arns)),
                opts=self._child,
            )

    def _make_maker(
        self, folders: Sequence[str], boundary_arn: pulumi.Input[str] | None
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """Make the role by which ECR makes the repositories of what it fetches."""
        role = aws.iam.Role(
            f"{self._name}-maker",
            name=f"{self._settings.prefix}-{self._names.region}-image-caches",
            description="Makes repositories for images that are fetched on demand",
            assume_role_policy=json.dumps(policies.maker_trust()),
            permissions_boundary=boundary_arn,
            tags={"Name": f"{self._settings.prefix}-image-caches"},
            opts=self._child,
        )
        permissions = aws.iam.RolePolicy(
            f"{self._name}-maker-permissions",
            name="make-repositories",
            role=role.name,
            policy=pulumi.Output.json_dumps(policies.maker_permissions(self._names, folders, self._key.arn)),
            opts=self._child,
        )
        return role, permissions

    def _fetch_from(self, cache: Cache, role: aws.iam.Role, permissions: aws.iam.RolePolicy) -> None:
        """Make the rule of an upstream, after the template that says how its repositories are made."""
        prefix = self._names.name(cache.upstream)
        template = aws.ecr.RepositoryCreationTemplate(
            f"{self._name}-{cache.upstream}-template",
            prefix=prefix,
            applied_fors=["PULL_THROUGH_CACHE"],
            description=f"Images of {upstreams.HOSTS[cache.upstream]}",
            image_tag_mutability="IMMUTABLE",
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": self._key.arn}],
            lifecycle_policy=json.dumps(lifecycle.cached(self._settings.cached_days)),
            repository_policy=json.dumps(policies.cached(*self._pullers())),
            custom_role_arn=role.arn,
            resource_tags={"Name": prefix},
            opts=self._child,
        )
        aws.ecr.PullThroughCacheRule(
            f"{self._name}-{cache.upstream}-cache",
            ecr_repository_prefix=prefix,
            upstream_registry_url=upstreams.HOSTS[cache.upstream],
            credential_arn=cache.credential,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[template, permissions]),
        )
