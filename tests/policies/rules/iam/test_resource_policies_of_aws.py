"""Every resource of AWS that has a policy of its own is judged by some rule, or is named here with the reason."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import pulumi_aws

from policies.dispatcher import Dispatcher
from policies.rules import RULES
from policies.subjects.resource_policies import POLICIES
from tests.policies.manifests import resource

PROPERTIES: Final = {
    *("policy", "policyDocument", "resourcePolicy", "accessPolicy", "accessPolicies", "repositoryPolicy"),
    "deliveryDestinationPolicy",
}
OF_IDENTITIES: Final = "says what an identity may do, and names no principal"
OWN_LANGUAGE: Final = "is written in a language of its own"
OF_SETTINGS: Final = "holds settings"
NOT_JUDGED: Final = {
    "aws:cloudwatch/logAccountPolicy:LogAccountPolicy": OF_SETTINGS,
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": OF_SETTINGS,
    "aws:cloudwatch/logIndexPolicy:LogIndexPolicy": OF_SETTINGS,
    "aws:ec2/vpcEndpoint:VpcEndpoint": "takes away from what identities may do through the endpoint, grants nothing",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "the same",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": OF_SETTINGS,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": OF_IDENTITIES,
    "aws:iam/groupPolicy:GroupPolicy": OF_IDENTITIES,
    "aws:iam/policy:Policy": OF_IDENTITIES,
    "aws:iam/rolePolicy:RolePolicy": OF_IDENTITIES,
    "aws:iam/userPolicy:UserPolicy": OF_IDENTITIES,
    "aws:iot/policy:Policy": OF_IDENTITIES,
    "aws:iot/policyAttachment:PolicyAttachment": "is the name of a policy",
    "aws:networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment": OF_SETTINGS,
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy": OWN_LANGUAGE,
    "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy": OWN_LANGUAGE,
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy": OWN_LANGUAGE,
    "aws:resiliencehub/resiliencyPolicy:ResiliencyPolicy": OF_SETTINGS,
    "aws:ses/receiptFilter:ReceiptFilter": "is Allow or Block",
    "aws:sns/dataProtectionPolicy:DataProtectionPolicy": OF_SETTINGS,
    "aws:transfer/access:Access": OF_IDENTITIES,
    "aws:transfer/user:User": OF_IDENTITIES,
    "aws:verifiedaccess/endpoint:Endpoint": OWN_LANGUAGE,
    "aws:verifiedaccess/group:Group": OWN_LANGUAGE,
}
TOKEN: Final = re.compile(r"'(aws:\w+/\w+:\w+)',\n\s+resource_name")
INPUT: Final = re.compile(r"    def (\w+)\(self\)")
OPEN: Final = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


@cache
def sources() -> dict[str, str]:
    """The types of the SDK that have something named like a policy, with their source: an import is slow."""
    files = Path(pulumi_aws.__file__).parent.glob("*/[a-z]*.py")
    texts = (file.read_text(encoding="utf-8") for file in files)
    return {token[1]: text for text in texts if "olic" in text and (token := TOKEN.search(text))}


def policies_of_aws() -> set[tuple[str, str]]:
    """The types and their inputs that are named like a policy."""
    found = set()
    for token, source in sources().items():
        inputs = INPUT.findall(source.split("@pulumi.input_type")[1])
        names = {re.sub(r"_(.)", lambda match: match[1].upper(), name) for name in inputs}
        found |= {(token, name) for name in names & PROPERTIES}
    return found


def lets_anybody_in(token: str, key: str) -> bool:
    """Whether the pack passes a policy that lets everybody in."""
    found = Dispatcher(RULES).evaluate(resource({key: OPEN}, token))
    return not any("Principal" in each.message and key in each.message for each in found)


def test_every_policy_of_a_resource_is_judged_or_left_out_with_a_reason() -> None:
    unjudged = {token for token, key in policies_of_aws() if lets_anybody_in(token, key)}
    assert unjudged == set(NOT_JUDGED)


def test_every_resource_that_is_judged_exists_in_the_sdk() -> None:
    assert set(POLICIES) <= set(sources())
