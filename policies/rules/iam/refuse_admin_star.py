"""iam-no-admin-star: permissions name actions and resources.

Documents of identities only: in a key's or a bucket's own policy `*` is that key or bucket. Some actions have no
resource that could be named; those may stand beside `*`, and so may any action that a tag condition narrows.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Finding, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import (
    GRANTING,
    Statement,
    allowed,
    attached,
    covers,
    granted,
    is_every_resource,
    is_wild,
    key_in,
    unless_bound,
)
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT

_FIX: Final = "name the actions that are used and the ARNs they are used on"
_FIX_ATTACHED: Final = "attach a policy that names the actions that are used"
_MANAGED: Final = (
    *("AdministratorAccess", "AdministratorAccess-Amplify", "AdministratorAccess-AWSElasticBeanstalk"),
    *("IAMFullAccess", "PowerUserAccess", "AWSOrganizationsFullAccess", "SystemAdministrator"),
)
_UNSCOPABLE: Final = (
    *("acm:ListCertificates", "application-autoscaling:Describe*", "autoscaling:Describe*", "bedrock:List*"),
    *("cloudformation:ListStacks", "cloudwatch:Describe*", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"),
    *("cloudwatch:GetMetricStatistics", "cloudwatch:PutMetricData", "dynamodb:ListTables", "ec2:Describe*"),
    *("ec2:GetInstanceTypesFromInstanceRequirements", "ec2:GetSpotPlacementScores", "ec2messages:*"),
    *("ecr:DescribeRegistry", "ecr:GetAuthorizationToken", "ecr-public:GetAuthorizationToken", "eks:ListClusters"),
    *("eks:DescribeAddonVersions", "eks:DescribeClusterVersions", "elasticfilesystem:DescribeFileSystems"),
    *("elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeMountTargets"),
    *("elasticloadbalancing:Describe*", "iam:GetAccountSummary", "iam:ListAccountAliases", "iam:ListInstanceProfiles"),
    *("iam:ListPolicies", "iam:ListRoles", "kms:GenerateRandom", "kms:ListAliases", "kms:ListKeys"),
    *("lambda:ListFunctions", "logs:DescribeLogGroups", "organizations:DescribeOrganization", "pricing:*"),
    *("route53:ListHostedZones", "route53:ListHostedZonesByName", "s3:ListAllMyBuckets"),
    *("secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets", "shield:GetSubscriptionState"),
    *("sns:ListTopics", "sqs:ListQueues", "ssm:DescribeParameters", "ssmmessages:*", "sts:GetCallerIdentity"),
    *("sts:GetServiceBearerToken", "tag:GetResources", "wafv2:ListWebACLs"),
    *("xray:GetSamplingRules", "xray:GetSamplingStatisticSummaries", "xray:GetSamplingTargets"),
    *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
)
_narrowed = key_in("resourcetag/", "requesttag/")


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds wildcards in every document of a resource, and attached policies that are known to hold them."""
    for document in granted(subject):
        yield from allowed(document, partial(_judge_statement, options=options), _FIX)
    refused = options["refusedManagedPolicies"]
    for arn in attached(subject):
        yield from check(arn, TEXT, lambda it: it.rpartition("/")[2] not in refused, fix=_FIX_ATTACHED)


def _judge_statement(statement: Statement, options: Options) -> Iterator[Finding]:
    for inverse, plain in (("NotAction", "Action"), ("NotResource", "Resource")):
        field = statement.at(inverse)
        if field.value is not ABSENT:
            yield Violation(f"{place(field)} allows everything but what it names. Fix: write {plain} instead.")
    exempt = options["unscopableActions"]
    yield from _stars(statement, exempt, options["serviceWildcards"])
    yield from _everywhere(statement, exempt)
    yield from statement.unclear("Action", "Resource")


def _stars(statement: Statement, exempt: Sequence[str], services: Iterable[str]) -> Iterator[Finding]:
    for field in statement.values("Action"):
        if isinstance(field.value, str) and not _covered(field.value, exempt):
            service, _, name = field.value.partition(":")
            if not _is_named(service) or (is_wild(name) and service.lower() not in services):
                yield Violation(f"{place(field)} is {field.text}, which names no action. Fix: {_FIX}.")


def _everywhere(statement: Statement, exempt: Sequence[str]) -> Iterator[Finding]:
    actions = statement.values("Action")
    scopable = [each.text for each in actions if isinstance(each.value, str) and not _covered(each.value, exempt)]
    if statement.at("NotAction").value is not ABSENT:
        scopable.append("all but what NotAction names")
    for field in statement.values("Resource") if scopable else ():
        if isinstance(field.value, str) and is_every_resource(field.value):
            text = f"{place(field)} is {field.text} for {', '.join(scopable)}. Fix: {_FIX}."
            yield from unless_bound(statement, _narrowed, Violation(text))


def _covered(action: str, patterns: Iterable[str]) -> bool:
    return any(covers(pattern, action) for pattern in patterns)


def _is_named(service: str) -> bool:
    return "*" not in service and "?" not in service and bool(service)


RULE = Rule(
    name="iam-no-admin-star",
    description="Policies must name the actions and the resources that they allow.",
    why="Whoever takes over an identity with wildcards owns the account, also the parts nobody thought of.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(
        checkov=("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_274", "CKV_AWS_355", "CKV2_AWS_40", "CKV2_AWS_56"),
        owasp=("ASI03",),
    ),
    remediation="Replace wildcards by the actions that are used and the ARNs they are used on.",
    area=of_type(*GRANTING),
    judge=judge,
    options={
        "refusedManagedPolicies": text_list("Names of AWS managed policies that nobody may attach.", _MANAGED),
        "unscopableActions": text_list("Action patterns that may stand beside the resource `*`.", _UNSCOPABLE),
        "serviceWildcards": text_list("Services, in lower case, of which `<service>:*` may be allowed.", ()),
    },
)
