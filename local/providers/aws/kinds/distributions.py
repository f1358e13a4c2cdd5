"""CloudFront, what stands before and behind it, and its logs."""

from __future__ import annotations

from collections.abc import Mapping

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.making import Making

_HOME = "us-east-1"
"""Where CloudFront takes certificates and web ACLs from, and tells of its logs."""
_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""
_DISTRIBUTION = "aws:cloudfront/distribution:Distribution"


def _takes_its_certificate(making: Making) -> None:
    arn = str((making.values.get("viewerCertificate") or {}).get("acmCertificateArn") or "")
    if arn and arn.split(":")[3] != _HOME:
        raise AwsError(
            "InvalidViewerCertificate",
            f"The specified SSL certificate doesn't exist, isn't in {_HOME} region, isn't valid, or doesn't include a "
            "valid certificate chain.",
        )


def _has_its_names_alone(making: Making) -> None:
    names = set(making.values.get("aliases") or [])
    for row in making.transaction.live(_DISTRIBUTION):
        if names & set(row.state.get("aliases") or []):
            raise AwsError(
                "CNAMEAlreadyExists",
                "One or more of the CNAMEs you provided are already associated with a different resource.",
            )


def _reaches_its_balancer(making: Making) -> None:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html"""
    arn = making.values["vpcOriginEndpointConfig"]["arn"]
    balancer = making.find(arn, "aws:lb/loadBalancer:LoadBalancer")
    if balancer.get("loadBalancerType") != "network":
        return
    listeners = making.transaction.live("aws:lb/listener:Listener")
    if not balancer.get("securityGroups"):
        raise AwsError("InvalidArgument", "A Network Load Balancer needs a security group to be a VPC origin")
    if any(row.state.get("protocol") == "TLS" for row in listeners if row.state.get("loadBalancerArn") == arn):
        raise AwsError("InvalidArgument", "Network Load Balancers with TLS listeners can't be added as VPC origins")


def _acl_arn(making: Making) -> str:
    where = "global" if making.values["scope"] == "CLOUDFRONT" else "regional"
    return making.text(f"arn:{{partition}}:wafv2:{{region}}:{{account}}:{where}/webacl/{{name}}/{{id}}")


def _is_where_cloudfront_looks(making: Making) -> None:
    if making.values["scope"] == "CLOUDFRONT" and making.region != _HOME:
        raise AwsError("WAFInvalidParameterException", f"The scope is not valid., field: SCOPE_VALUE: outside {_HOME}")


def _tells_from_us_east_1(making: Making) -> None:
    if str(making.values["resourceArn"]).split(":")[2] == "cloudfront" and making.region != _HOME:
        raise AwsError("ValidationException", f"Delivery sources of CloudFront can be made in {_HOME} only")


def _kind_of_destination(making: Making) -> str:
    arn = (making.values.get("deliveryDestinationConfiguration") or {}).get("destinationResourceArn") or ""
    return {"s3": "S3", "logs": "CWL", "firehose": "FH"}.get(f"{arn}::::".split(":")[2], "XRAY")


KINDS: Mapping[str, Kind] = {
    "cloudfront/distribution:Distribution": Kind(
        id="E{upper13}",
        arn="cloudfront::{account}:distribution/{id}",
        replaces="staging",
        is_global=True,
        outputs={
            "domainName": lambda m: f"d{m.hex('domain', 13)}.cloudfront.net",
            "hostedZoneId": _CLOUDFRONT_ZONE,
            "callerReference": "pulumi-{digits20}",
            "etag": "E{upper13}",
            "status": "Deployed",
            "inProgressValidationBatches": 0,
            "trustedKeyGroups": [{"enabled": False}],
            "trustedSigners": [{"enabled": False}],
            "loggingV1Enabled": lambda m: bool(m.values.get("loggingConfig")),
        },
        empty="continuousDeploymentPolicyId",
        refers={
            "defaultCacheBehavior.targetOriginId": (),
            "orderedCacheBehaviors.targetOriginId": (),
            "origins.originId": (),
            "origins.vpcOriginConfig.vpcOriginId": ("cloudfront/vpcOrigin:VpcOrigin",),
            "webAclId": ("wafv2/webAcl:WebAcl",),
        },
        on_create=(_takes_its_certificate, _has_its_names_alone),
        on_update=lambda m, olds: {"etag": "E" + m.upper(f"etag after {olds['etag']}", 13)},
        changed_by_update=("etag",),
    ),
    "cloudfront/originAccessControl:OriginAccessControl": Kind(
        id="E{upper13}",
        arn="cloudfront::{account}:origin-access-control/{id}",
        name_limit=64,
        is_global=True,
        outputs={"etag": "E{upper13}"},
        unique=("name",),
        exists="OriginAccessControlAlreadyExists: An origin access control named {name} already exists.",
        missing="NoSuchOriginAccessControl: The specified origin access control does not exist: {value}",
        in_use="OriginAccessControlInUse: The origin access control is in use by a distribution.",
    ),
    "cloudfront/cachePolicy:CachePolicy": Kind(
        id="{uuid}",
        arn="cloudfront::{account}:cache-policy/{id}",
        is_global=True,
        outputs={"etag": "E{upper13}"},
        unique=("name",),
        exists="CachePolicyAlreadyExists: A cache policy named {name} already exists.",
    ),
    "cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Kind(
        id="{uuid}",
        arn="cloudfront::{account}:response-headers-policy/{id}",
        is_global=True,
        outputs={"etag": "E{upper13}"},
        unique=("name",),
        exists="ResponseHeadersPolicyAlreadyExists: A response headers policy named {name} already exists.",
        on_update=lambda m, olds: {"etag": "E" + m.upper(f"etag after {olds['etag']}", 13)},
        changed_by_update=("etag",),
    ),
    "cloudfront/vpcOrigin:VpcOrigin": Kind(
        id="vo_{upper20}",
        arn="cloudfront::{account}:vpcorigin/{id}",
        name="",
        is_global=True,
        outputs={"etag": "E{upper13}"},
        refers={"vpcOriginEndpointConfig.arn": ("lb/loadBalancer:LoadBalancer",)},
        missing="EntityNotFound: The VPC origin {value} does not exist",
        in_use="CannotDeleteEntityWhileInUse: The VPC origin {id} is in use by a distribution",
        on_create=(_reaches_its_balancer,),
        on_update=lambda m, olds: {"etag": "E" + m.upper(f"etag after {olds['etag']}", 13)},
        changed_by_update=("etag",),
    ),
    "wafv2/webAcl:WebAcl": Kind(
        id="{uuid}",
        arn="wafv2:{region}:{account}:global/webacl/{name}/{id}",
        replaces="name namePrefix scope",
        name_limit=128,
        outputs={"arn": _acl_arn, "capacity": 1000, "lockToken": "{uuid}"},
        empty="applicationIntegrationUrl namePrefix",
        unique=("name", "scope"),
        exists="WAFDuplicateItemException: AWS WAF could not perform the operation because some resource in your "
        "request is a duplicate of an existing one",
        missing="WAFNonexistentItemException: AWS WAF couldn't find the web ACL {value}",
        in_use="WAFAssociatedItemException: AWS WAF couldn't delete the web ACL {arn} while it protects something",
        on_create=(_is_where_cloudfront_looks,),
        on_update=lambda m, olds: {"lockToken": m.uuid(f"token after {olds['lockToken']}")},
        changed_by_update=("lockToken",),
    ),
    "cloudwatch/logDeliverySource:LogDeliverySource": Kind(
        id="{name}",
        arn="logs:{region}:{account}:delivery-source:{name}",
        name_limit=60,
        replaces="name",
        outputs={"service": lambda m: str(m.values["resourceArn"]).split(":")[2]},
        unique=("name",),
        exists="ConflictException: A delivery source named {name} exists",
        missing="ResourceNotFoundException: The delivery source {value} does not exist",
        in_use="ConflictException: The delivery source {name} is in use by a delivery",
        refers={"resourceArn": ("cloudfront/distribution:Distribution",)},
        on_create=(_tells_from_us_east_1,),
    ),
    "cloudwatch/logDeliveryDestination:LogDeliveryDestination": Kind(
        id="{name}",
        arn="logs:{region}:{account}:delivery-destination:{name}",
        name_limit=60,
        replaces="name outputFormat",
        outputs={"deliveryDestinationType": _kind_of_destination},
        unique=("name",),
        exists="ConflictException: A delivery destination named {name} exists",
        missing="ResourceNotFoundException: The delivery destination {value} does not exist",
        in_use="ConflictException: The delivery destination {name} is in use by a delivery",
    ),
    "cloudwatch/logDelivery:LogDelivery": Kind(
        id="{upper16}",
        arn="logs:{region}:{account}:delivery:{id}",
        replaces="deliveryDestinationArn deliverySourceName",
        empty="fieldDelimiter recordFields s3DeliveryConfigurations",
        unique=("deliveryDestinationArn", "deliverySourceName"),
        exists="ConflictException: A delivery from {deliverySourceName} to {deliveryDestinationArn} exists",
        refers={
            "deliveryDestinationArn": ("cloudwatch/logDeliveryDestination:LogDeliveryDestination",),
            "deliverySourceName": ("cloudwatch/logDeliverySource:LogDeliverySource",),
        },
    ),
}
