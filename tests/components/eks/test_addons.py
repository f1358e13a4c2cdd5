"""The add-ons: which, in what order, and what each may do in AWS."""

import json

from components.config.addons import AddOn, pinned
from components.config.layering import Layer
from components.eks import system_network
from components.eks.addons import setup
from components.eks.control_plane import role_name
from tests.components.aws_recording import Cloud
from tests.components.eks.making import cluster, environment, made


def test_every_add_on_has_its_pinned_version(either: Cloud) -> None:
    found = {r.inputs["addonName"]: r.inputs["addonVersion"] for r in either.of_type("addon:Addon")}
    assert found == {name.value: version for name, version in pinned("1.35").items() if name is not AddOn.EXTERNAL_DNS}


def test_another_version_can_be_chosen() -> None:
    assert cluster(addOns={"coredns": "v1.14.3-eksbuild.2"}).versions[AddOn.COREDNS] == "v1.14.3-eksbuild.2"


def test_the_cni_enforces_policies_from_a_pods_first_packet_and_hands_out_prefixes(either: Cloud) -> None:
    values = json.loads(either.named("cluster-vpc-cni-addon").inputs["configurationValues"])
    assert values["enableNetworkPolicy"] == "true"
    assert values["env"]["NETWORK_POLICY_ENFORCING_MODE"] == "strict"
    assert values["env"]["ENABLE_PREFIX_DELEGATION"] == "true"


def test_an_add_on_that_talks_to_aws_has_a_role_for_one_service_account_of_this_cluster(up: Cloud) -> None:
    for name, account in (("vpc-cni", "aws-node"), ("aws-ebs-csi-driver", "ebs-csi-controller-sa")):
        role = up.named(f"cluster-{name}-role")
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {
                "aws:SourceAccount": "123456789012",
                "aws:RequestTag/kubernetes-namespace": "kube-system",
                "aws:RequestTag/kubernetes-service-account": account,
            },
            "ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-central-1:123456789012:cluster/agent-platform-prod"},
        }
        association = up.named(f"cluster-{name}-addon").inputs["podIdentityAssociations"]
        assert association == [{"roleArn": role.outputs["arn"], "serviceAccount": account}]


def test_add_ons_that_never_talk_to_aws_have_no_role(either: Cloud) -> None:
    roles = {r.name for r in either.of_type("role:Role")}
    with_roles = {add_on.value for add_on in AddOn if f"cluster-{add_on}-role" in roles}
    assert with_roles == {"vpc-cni", "aws-ebs-csi-driver", "aws-efs-csi-driver"}


def test_names_of_roles_are_short_enough_for_iam_under_the_longest_names() -> None:
    groups = [{"name": "s", "role": "system", "instanceTypes": ["m7i.large"], "min": 1, "max": 2}]
    settings = cluster(
        name="a" * 40,
        region="ap-southeast-2",
        zones=["ap-southeast-2a", "ap-southeast-2b"],
        compute={"kind": "managed", "nodeGroups": groups},
    )
    for add_on in AddOn:
        identity = setup.identity(add_on, settings)
        assert identity is None or len(role_name(settings, identity.purpose)) <= 64
    assert len(role_name(settings, "control")) <= 64


def test_external_dns_comes_with_its_zones_its_role_and_its_way_out() -> None:
    config = environment()
    zoned = config.model_copy(update={"cluster": cluster(dnsZones=["Z0123456789ABC"]), "layers": (Layer.CLOUD,)})
    cloud, _ = made(zoned, preview=False)
    association = cloud.named("cluster-external-dns-addon").inputs["podIdentityAssociations"]
    assert association[0]["roleArn"] == cloud.named("cluster-external-dns-role").outputs["arn"]
    assert cloud.named("cluster-network-external-dns").urn in cloud.named("cluster-external-dns-addon").dependencies


def test_external_dns_writes_to_its_zones_only() -> None:
    settings = cluster(dnsZones=["Z0123456789ABC"])
    identity = setup.identity(AddOn.EXTERNAL_DNS, settings)
    assert identity is not None
    assert identity.document is not None
    write, look = identity.document["Statement"]
    assert write["Resource"] == ["arn:aws:route53:::hostedzone/Z0123456789ABC"]
    assert look["Action"] == "route53:ListHostedZones"


def test_all_add_ons_live_where_a_policy_lets_them_talk(either: Cloud) -> None:
    for name in ("cert-manager", "kube-state-metrics", "prometheus-node-exporter"):
        assert either.named(f"cluster-{name}-addon").inputs["namespaceConfig"] == {"namespace": "kube-system"}
    assert either.named("cluster-network-add-ons").inputs["metadata"]["namespace"] == "kube-system"


def test_system_pods_reach_the_network_and_the_api_server_and_nothing_of_the_internet() -> None:
    spec = system_network.add_ons("10.40.0.0/16", "172.20.0.0/16")["spec"]
    blocks = {peer["ipBlock"]["cidr"] for rule in spec["egress"] for peer in rule["to"] if "ipBlock" in peer}
    assert blocks == {"10.40.0.0/16", "172.20.0.1/32", "169.254.170.23/32"}


def test_system_pods_are_reached_from_the_network_and_by_every_pod_that_is_let_out_to_them() -> None:
    (rule,) = system_network.add_ons("10.40.0.0/16", "172.20.0.0/16")["spec"]["ingress"]
    assert rule == {"from": [{"ipBlock": {"cidr": "10.40.0.0/16"}}, {"namespaceSelector": {}}]}


def test_external_dns_alone_reaches_the_internet_and_nothing_private() -> None:
    spec = system_network.external_dns()["spec"]
    assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "external-dns"}}
    (rule,) = spec["egress"]
    assert "169.254.0.0/16" in rule["to"][0]["ipBlock"]["except"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
