"""A cluster in Amazon EKS as one component."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.cluster import kubernetes_provider
from components.config.addons import AddOn as AddOnName
from components.config.compute import AutoNodes
from components.config.eks import Eks
from components.eks import control_plane, system_network
from components.eks.access import Entry, auto_nodes, entries
from components.eks.addons.component import AddOn
from components.eks.addons.setup import BEFORE_NODES
from components.eks.auto import mode
from components.eks.auto.component import AutoMode
from components.eks.capacity.component import make_capacity
from components.eks.kubeconfig import kubeconfig
from components.eks.nodes.component import Site
from components.eks.upgrade import check_change
from components.kms import Key
from components.manifest import arguments
from components.network.component import Network


class EksCluster(pulumi.ComponentResource):
    """A control plane with who reaches it, its add-ons and its nodes.

    What is made when: the CNI, kube-proxy and the Pod Identity agent before the first node, which would not become
    Ready without them; the other add-ons after the nodes that run their pods, and after what lets those talk. An
    upgrade takes the same way: control plane, what nodes need, nodes, the other add-ons.

    Args:
        settings: the cluster's settings.
        network: where it lives.
        log_key_arn: the key of the control plane's logs; its policy lets CloudWatch Logs use it for
            `control_plane.log_group_name`.
        tags: what machines and disks are tagged with.

    Attributes:
        name: the cluster's name, known once it exists.
        endpoint: the URL of its API server.
        certificate_authority: the certificate that signed the API server's, in base64.
        node_security_group_id: the group of nodes, pods and the control plane's interfaces.
        node_role_arns: the roles that its nodes have.
        autoscaling_role: what makes the role of autoscaling; none, where the account has it.
        provider: makes objects in it.
        ready: what has to be there before a pod that is not the cluster's own can be.
    """

    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    node_security_group_id: pulumi.Output[str]
    node_role_arns: list[pulumi.Output[str]]
    autoscaling_role: list[pulumi.Resource]
    provider: kubernetes.Provider
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        settings: Eks,
        network: Network,
        log_key_arn: pulumi.Input[str],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:EksCluster", name, None, opts)
        self._name, self._settings = name, settings
        self._child = pulumi.ResourceOptions(parent=self)
        self._make_control_plane(network, self._make_log_group(log_key_arn))
        administration = self._let_in()
        self.provider = self._connect(administration)
        policies = self._open_system_network(network.cidr)
        base = self._install([each for each in BEFORE_NODES if each in settings.versions], [])
        nodes = self._add_nodes(network, tags, base)
        others = [each for each in settings.versions if each not in BEFORE_NODES]
        self.ready = self._install(others, [*nodes, *policies])
        self.register_outputs({"name": self.name, "nodeSecurityGroupId": self.node_security_group_id})

    def _make_log_group(self, key_arn: pulumi.Input[str]) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-logs",
            name=control_plane.log_group_name(self._settings.name),
            retention_in_days=self._settings.log_retention_days,
            kms_key_id=key_arn,
            opts=self._child,
        )

    def _make_control_plane(self, network: Network, logs: aws.cloudwatch.LogGroup) -> None:
        settings = self._settings
        key = Key(
            f"{self._name}-secrets",
            description=f"Secrets in {settings.name}",
            alias=f"{settings.name}/secrets",
            account_id=settings.account_id,
            protect=settings.deletion_protection,
            opts=self._child,
        )
        role, permission = self._make_role()
        auto = self._auto = self._prepare_auto_mode(role)
        cluster = aws.eks.Cluster(
            f"{self._name}-cluster",
            **control_plane.arguments(
                settings,
                role.arn,
                network.intra_subnet_ids,
                key.arn,
                auto.node_role.arn if auto else None,
            ),
            # EKS makes the log group by itself where there is none, and leaves interfaces behind without its role.
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=settings.deletion_protection,
                depends_on=[logs, permission, *(auto.permitted if auto else [])],
                hooks=self._check_upgrades(),
            ),
        )
        self.name, self.endpoint = cluster.name, cluster.endpoint
        self.certificate_authority = cluster.certificate_authority.data
        self.node_security_group_id = cluster.vpc_config.cluster_security_group_id

    def _check_upgrades(self) -> pulumi.ResourceHookBinding:
        """Have the engine ask, in a preview as in an up, before it changes the control plane."""
        check = pulumi.ResourceHook(
            f"{self._name}-upgrade",
            lambda args: check_change(args.old_inputs, args.new_inputs),
            opts=pulumi.ResourceHookOptions(on_dry_run=True),
        )
        return pulumi.ResourceHookBinding(before_update=[check])

    def _make_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        settings = self._settings
        role = aws.iam.Role(
            f"{self._name}-role",
            name=control_plane.role_name(settings, "control"),
            description=f"What the control plane of {settings.name} may do",
            assume_role_policy=json.dumps(control_plane.trust(settings)),
            permissions_boundary=settings.boundary_arn,
            opts=self._child,
        )
        permission = aws.iam.RolePolicyAttachment(
            f"{self._name}-role-cluster", role=role.name, policy_arn=control_plane.ROLE_POLICY, opts=self._child
        )
        return role, permission

    def _prepare_auto_mode(self, role: aws.iam.Role) -> AutoMode | None:
        compute = self._settings.compute
        if not isinstance(compute, AutoNodes):
            return None
        return AutoMode(f"{self._name}-auto", self._settings, compute, role, opts=self._child)

    def _let_in(self) -> list[pulumi.Resource]:
        """Make the access entries; return what gives the pipeline its rights."""
        granted = [self._admit(entry) for entry in entries(self._settings.access)]
        return granted[0]

    def _admit(self, entry: Entry) -> list[pulumi.Resource]:
        made = aws.eks.AccessEntry(
            f"{self._name}-access-{entry.name}",
            cluster_name=self.name,
            principal_arn=entry.role_arn,
            kubernetes_groups=list(entry.groups) or None,
            type=entry.kind,
            opts=self._child,
        )
        return [
            aws.eks.AccessPolicyAssociation(
                f"{self._name}-access-{entry.name}-{grant.policy}",
                cluster_name=self.name,
                principal_arn=made.principal_arn,
                policy_arn=grant.arn,
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(**grant.scope),
                opts=self._child,
            )
            for grant in entry.grants
        ]

    def _connect(self, administration: list[pulumi.Resource]) -> kubernetes.Provider:
        settings = self._settings
        config = kubeconfig(settings.name, settings.region, self.endpoint, self.certificate_authority)
        return kubernetes_provider(
            f"{self._name}-provider",
            pulumi.Output.json_dumps(config),
            settings.name,
            settings.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=administration),
        )

    def _open_system_network(self, network_cidr: str) -> list[pulumi.Resource]:
        manifests = {"add-ons": system_network.add_ons(network_cidr, self._settings.service_cidr)}
        if AddOnName.EXTERNAL_DNS in self._settings.versions:
            manifests[AddOnName.EXTERNAL_DNS.value] = system_network.external_dns()
        switched_on = self._enforce_policies() if self._auto else []
        return switched_on + [
            NetworkPolicy(
                f"{self._name}-network-{role}",
                **arguments(manifest),
                opts=pulumi.ResourceOptions(parent=self, provider=self.provider),
            )
            for role, manifest in manifests.items()
        ]

    def _install(self, add_ons: Sequence[AddOnName], after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        made = [
            AddOn(f"{self._name}-{add_on}", add_on, self._settings, self.name, after, opts=self._child)
            for add_on in add_ons
        ]
        return [each.installed for each in made]

    def _enforce_policies(self) -> list[pulumi.Resource]:
        """Have Auto Mode enforce network policies, as the CNI does elsewhere, and let all pods ask for names."""
        opts = pulumi.ResourceOptions(parent=self, provider=self.provider)
        names = mode.names(self._settings.service_cidr)
        return [
            ConfigMap(f"{self._name}-network-enforced", **arguments(mode.network_policies_on()), opts=opts),
            CustomResource(
                f"{self._name}-network-names",
                api_version=names["apiVersion"],
                kind=names["kind"],
                metadata=names["metadata"],
                spec=names["spec"],
                opts=opts,
            ),
        ]

    def _add_nodes(
        self, network: Network, tags: Mapping[str, str], after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        site = Site(
            self._name,
            self._settings,
            self.name,
            self.node_security_group_id,
            self.provider,
            network,
            tags,
            self._child,
        )
        admitted = self._admit(auto_nodes(self._auto.node_role.arn)) if self._auto and self._auto.lets_in else []
        capacity = make_capacity(site, self._auto, [*after, *admitted])
        self.node_role_arns, self.autoscaling_role = capacity.node_role_arns, capacity.autoscaling_role
        return capacity.ready
