"""What one thing that an agent uses gives it: permissions, ways out through the network, environment variables.

Actions are those that the service's own SDK needs for reading or writing, and no more:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from components.config.uses import UsedBucket, UsedModel, UsedSecret
from components.identity.where import Where

Statement = dict[str, Any]
HTTPS = 443
_WIDEST = {4: 16, 6: 32}
"""The shortest prefixes that `netpol-no-open-egress` allows, by IP's version."""
_NOBODY = "255.255.255.255/32"
_INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


@dataclass(frozen=True)
class Way:
    """Where packets may go: the peers of a network policy's rule, which may be an output, and a TCP port."""

    peers: Any
    port: int


@dataclass(frozen=True)
class Grant:
    """What one thing gives.

    Attributes:
        statements: of its policy; ARNs may be outputs.
        ways: what its network policy lets out to.
        variables: of its container; values may be outputs, and are never secrets.
    """

    statements: tuple[Statement, ...] = ()
    ways: tuple[Way, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


def secret_name(cluster: str, team: str, name: str) -> str:
    """Return a secret's name in its account and region."""
    return f"{cluster}/{team}/{name}"


def of_secret(used: UsedSecret, team: str, where: Where) -> Grant:
    """Return what reading a secret takes. AWS adds a hyphen and six characters to its name in the ARN."""
    name = secret_name(where.cluster, team, used.secret)
    arn = where.arn("secretsmanager", f"secret:{name}-??????")
    read = allow(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], arn)
    return Grant(
        (read, by_key(where.key_arn, "secretsmanager", where, writes=False)),
        (endpoint(where),),
        {f"{used.stem}_SECRET_NAME": name},
    )


def of_model(used: UsedModel, where: Where) -> Grant:
    """Return what asking a model takes.

    A profile answers from any of its regions, so the model is opened in all of them, but by the profile alone.
    https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
    """
    way, variables = (endpoint(where),), {f"{used.stem}_ID": used.model}
    if used.profile is None:
        model = f"arn:aws:bedrock:{where.region}::foundation-model/{used.model}"
        return Grant((allow(_INVOKE, model),), way, variables)
    profile = where.arn("bedrock", f"inference-profile/{used.model}")
    regions = ["*", ""] if used.profile == "global" else ["*"]
    models = [f"arn:aws:bedrock:{region}::foundation-model/{used.foundation}" for region in regions]
    behind = allow(_INVOKE, *models, condition={"StringEquals": {"bedrock:InferenceProfileArn": profile}})
    return Grant((allow(_INVOKE, profile), behind), way, variables)


def of_bucket(used: UsedBucket, where: Where) -> Grant:
    """Return what reading somebody else's bucket, or one folder of it, takes."""
    keys = [by_key(used.key_arn, "s3", where, writes=False)] if used.key_arn else []
    prefix = {f"{used.stem}_PREFIX": used.prefix} if used.prefix else {}
    bucket = f"arn:aws:s3:::{used.bucket}"
    return Grant(
        (*reading_files(bucket, f"{bucket}/{used.prefix or ''}*", used.prefix), *keys),
        gateway("s3", where),
        {f"{used.stem}_NAME": used.bucket, **prefix},
    )


def reading_files(bucket_arn: Any, objects: Any, folder: str | None = None) -> list[Statement]:
    """Return the statements by which files of a bucket, or of one folder of it, are listed and read.

    Args:
        bucket_arn: the bucket; may be an output, as the next.
        objects: the pattern of the files.
        folder: the one folder, with a slash at its end.
    """
    listed = {"StringLike": {"s3:prefix": [f"{folder}*"]}} if folder else None
    return [
        allow(["s3:GetObject", "s3:GetObjectVersion"], objects),
        allow(["s3:ListBucket"], bucket_arn, condition=listed),
        allow(["s3:GetBucketLocation"], bucket_arn),
    ]


def by_key(key_arn: Any, service: str, where: Where, *, writes: bool) -> Statement:
    """Return the statement by which a service uses a key on the agent's behalf; the agent itself can't."""
    actions = ["kms:Decrypt", *(["kms:GenerateDataKey"] if writes else [])]
    through = {"StringEquals": {"kms:ViaService": f"{service}.{where.region}.amazonaws.com"}}
    return allow(actions, key_arn, condition=through)


def endpoint(where: Where) -> Way:
    """Return the way to AWS services that have an endpoint in the network."""
    return Way(peers([where.cidr]), HTTPS)


def gateway(service: str, where: Where) -> tuple[Way, ...]:
    """Return the way to a service that is reached through a route of the network, at addresses of its own."""
    found = where.gateway_peers.get(service)
    return () if found is None else (Way(found, HTTPS),)


def peers(cidrs: Sequence[str]) -> list[dict[str, Any]]:
    """Return ranges of addresses as a network policy names them, none wider than guardrails and pack let pass.

    An empty list would let out to everywhere; where no range is told, nothing is reached.
    """
    networks = [ip_network(cidr) for cidr in cidrs or [_NOBODY]]
    parts = [part for net in networks for part in net.subnets(new_prefix=max(net.prefixlen, _WIDEST[net.version]))]
    return [{"ipBlock": {"cidr": str(part)}} for part in parts]


def allow(actions: Iterable[str], *resources: Any, condition: Mapping[str, Any] | None = None) -> Statement:
    """Return one statement."""
    found = {"Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}
    return {**found, "Condition": dict(condition)} if condition else found
