"""eks-access-entries."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "eks-access-entries"
GOOD = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
PRINCIPAL = "arn:aws:iam::123456789012:role/break-glass"
WHOLE = {"type": "cluster"}
ADMIN = "AmazonEKSClusterAdminPolicy"
POWERFUL = (
    *("AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSSecretReaderPolicy"),
    *("AmazonEKSSecretAdminPolicy", "AmazonEKSACKPolicy", "AmazonEKSKROPolicy", "AmazonEKSArgoCDClusterPolicy"),
    *(
        "AWSBackupFullAccessPolicyForBackup",
        "AWSBackupFullAccessPolicyForRestore",
        "AmazonARCRegionSwitchScalingPolicy",
    ),
    *("AmazonEKSPolicyOfTomorrow", ""),
)
HARMLESS = (
    *("AmazonEKSViewPolicy", "AmazonEKSAutoNodePolicy"),
    *("AmazonEKSBlockStoragePolicy", "AmazonEKSBlockStorageClusterPolicy", "AmazonEKSClusterInsightsPolicy"),
    *("AmazonEKSComputePolicy", "AmazonEKSComputeClusterPolicy", "AmazonEKSHybridPolicy", "AmazonEKSPodIdentityPolicy"),
)


def cluster(config: object) -> Resource:
    return resource({"accessConfig": config}, "aws:eks/cluster:Cluster")


def test_access_by_entries_alone_passes() -> None:
    assert refused(RULE, cluster(GOOD)) == []


@pytest.mark.parametrize("mode", [None, "API_AND_CONFIG_MAP", "CONFIG_MAP", 7])
def test_another_mode_is_refused(mode: object) -> None:
    (message,) = refused(RULE, cluster({**GOOD, "authenticationMode": mode}))
    assert "accessConfig.authenticationMode" in message


@pytest.mark.parametrize("creator", [None, True, "false"])
def test_a_creator_who_becomes_admin_is_refused(creator: object) -> None:
    (message,) = refused(RULE, cluster({**GOOD, "bootstrapClusterCreatorAdminPermissions": creator}))
    assert "bootstrapClusterCreatorAdminPermissions" in message


def test_a_cluster_that_says_nothing_is_refused_for_both() -> None:
    assert len(refused(RULE, cluster(None))) == 2


@pytest.mark.parametrize("name", GOOD)
def test_unknown_values_are_not_judged(name: str) -> None:
    judged = cluster({**GOOD, name: UNKNOWN})
    assert name in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


def association(policy: object, scope: object = None, principal: object = PRINCIPAL) -> Resource:
    arn = f"arn:aws:eks::aws:cluster-access-policy/{policy}" if isinstance(policy, str) else policy
    return resource({"policyArn": arn, "accessScope": scope or WHOLE, "principalArn": principal}, ASSOCIATION)


def within(*namespaces: object) -> dict[str, object]:
    return {"type": "namespace", "namespaces": list(namespaces)}


@pytest.mark.parametrize("scope", [WHOLE, within("storefront")])
def test_all_rights_over_the_cluster_are_refused_at_any_scope(scope: object) -> None:
    (message,) = refused(RULE, association(ADMIN, scope))
    assert "policyArn is" in message
    assert "or list the principal in the option `administrators`" in message
    assert len(refused(RULE, association(ADMIN.lower(), scope))) == 1


@pytest.mark.parametrize("policy", POWERFUL)
def test_a_policy_that_is_not_known_to_be_harmless_is_refused_in_the_whole_cluster(policy: str) -> None:
    (message,) = refused(RULE, association(policy))
    assert 'accessScope.type is "cluster". Fix: hold this policy to named namespaces' in message
    assert refused(RULE, association(policy, within("storefront", "team-*"))) == []
    assert len(refused(RULE, association(policy, {"namespaces": ["storefront"]}))) == 1


@pytest.mark.parametrize("pattern", ["*", "kube-*", "*-system", "kube-system"])
def test_namespaces_that_hold_the_system_are_as_good_as_the_cluster(pattern: str) -> None:
    (message,) = refused(RULE, association("AmazonEKSEditPolicy", within("storefront", pattern)))
    assert "accessScope.namespaces[1]" in message


@pytest.mark.parametrize("policy", HARMLESS)
def test_harmless_policies_and_those_of_aws_itself_may_hold_in_the_whole_cluster(policy: str) -> None:
    for scope in (WHOLE, within("storefront", "kube-system")):
        assert refused(RULE, association(policy, scope)) == []
        assert refused(RULE, association(policy.upper(), scope)) == []


@pytest.mark.parametrize("policy", [ADMIN, *POWERFUL])
def test_a_listed_principal_administers_the_cluster(policy: str) -> None:
    for listed in (PRINCIPAL, "arn:aws:iam::*:role/break-glass"):
        assert refused(RULE, association(policy), administrators=["arn:aws:iam::1:role/x", listed]) == []
    sso = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Operators_0a1b2c"
    pattern = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Operators_*"
    assert refused(RULE, association(policy, principal=sso), administrators=[pattern]) == []
    assert len(refused(RULE, association(policy, principal=f"{PRINCIPAL}-2"), administrators=[PRINCIPAL])) == 1


def test_an_unknown_principal_may_be_a_listed_one() -> None:
    judged = association(ADMIN, principal=UNKNOWN)
    assert "principalArn" in unjudged(RULE, judged, administrators=[PRINCIPAL])[0]
    assert refused(RULE, judged, administrators=[PRINCIPAL]) == []
    assert len(refused(RULE, judged)) == 1
    harmless = association("AmazonEKSViewPolicy", principal=UNKNOWN)
    assert unjudged(RULE, harmless, administrators=[PRINCIPAL]) == []


@pytest.mark.parametrize(
    ("judged", "place"),
    [
        (association(UNKNOWN, within("storefront")), "policyArn"),
        (association(POWERFUL[0], UNKNOWN), "accessScope.type"),
        (association(POWERFUL[0], {"type": UNKNOWN, "namespaces": ["storefront"]}), "accessScope.type"),
        (association(POWERFUL[0], within(UNKNOWN)), "accessScope.namespaces[0]"),
        (resource({"kubernetesGroups": UNKNOWN}, ENTRY), "kubernetesGroups"),
        (resource({"kubernetesGroups": [UNKNOWN]}, ENTRY), "kubernetesGroups[0]"),
    ],
)
def test_unknown_rights_are_not_judged(judged: Resource, place: str) -> None:
    assert place in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("judged", [association(7), association(None), association(POWERFUL[0], within(7))])
def test_rights_of_the_wrong_type_are_refused(judged: Resource) -> None:
    assert len(refused(RULE, judged)) == 1


def test_an_entry_joins_groups_but_never_the_masters() -> None:
    assert refused(RULE, resource({"principalArn": PRINCIPAL}, ENTRY)) == []
    assert refused(RULE, resource({"kubernetesGroups": ["operators"]}, ENTRY)) == []
    masters = resource({"principalArn": PRINCIPAL, "kubernetesGroups": ["operators", "system:masters"]}, ENTRY)
    (message,) = refused(RULE, masters, administrators=[PRINCIPAL])
    assert 'kubernetesGroups[1] is "system:masters". Fix: remove system:masters' in message


def test_a_group_of_the_wrong_type_is_told_to_be_a_name() -> None:
    (message,) = refused(RULE, resource({"kubernetesGroups": ["operators", 5]}, ENTRY))
    assert "kubernetesGroups[1] is a number where a string belongs. Fix: write the name of a group" in message
