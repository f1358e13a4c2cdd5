"""s3-private-encrypted: buckets are closed to the public, encrypted by KMS, versioned, logged and reached by TLS only.

Closed to the public: by BucketPublicAccessBlock, by ACLs that name no group of everyone, and by policies that let
nobody in whom they don't name, other than by a VPC.
A bucket's settings are its own properties or, as pulumi-aws wants it, resources that point to the bucket. Each such
resource is judged by itself; that a bucket has all of them is seen in the stack. What AWS fills in where a bucket says
nothing is unknown at preview: an unknown property of the bucket itself counts as not set.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, Kind, check, place
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule, Stack
from policies.subjects.companions import companions, lacking
from policies.subjects.iam_documents import NETWORK, Statement, allowed, anybody, covers, one_or_many, statements
from policies.subjects.typed import Typed, of_type, typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_Path = tuple[str, ...]
_EACH: Final = "*"
_BUCKETS: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_BLOCK: Final = ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",)
_POLICY: Final = ("aws:s3/bucketPolicy:BucketPolicy",)
_ACL: Final = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
_VERSIONING: Final = ("aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2")
_LOGGING: Final = ("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")
_ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
_BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_PUBLIC_ACLS: Final = ("public-read", "public-read-write", "authenticated-read")
_PUBLIC_GROUPS: Final = ("/AllUsers", "/AuthenticatedUsers")
_GRANTS: Final = (("grants", _EACH, "uri"), ("accessControlPolicy", "grants", _EACH, "grantee", "uri"))
_FIX_ACL: Final = "set acl to private and grant nothing to groups of everyone"
_FIX_POLICY: Final = "name the accounts, roles or services that may use the bucket"
_FIX_TLS: Final = "deny everyone s3:* on the bucket and its objects under the condition Bool aws:SecureTransport false"
_DEFAULT: Final = "applyServerSideEncryptionByDefault"


class _Setting(NamedTuple):
    """What every bucket must have: set by resources of these types, or by the bucket's own properties.

    `own` leads to the value in the bucket, `inner` in such a resource, where that doesn't judge itself. `values` are
    those that pass: any, where there are none.
    """

    tokens: _Path
    lack: str
    fix: str
    own: tuple[_Path, ...] = ()
    inner: tuple[_Path, ...] = ()
    values: tuple[object, ...] = ()
    kind: Kind[Any] = TEXT


_BLOCKED: Final = _Setting(_BLOCK, "nothing blocks public access", "add an aws.s3.BucketPublicAccessBlock")
_BY_TLS: Final = _Setting(
    _POLICY, "no policy refuses plain HTTP", f"add an aws.s3.BucketPolicy: {_FIX_TLS}", (("policy",),)
)
_VERSIONED: Final = _Setting(
    _VERSIONING,
    "it is not versioned",
    "add an aws.s3.BucketVersioning with status Enabled",
    own=(("versioning", "enabled"), ("versionings", _EACH, "enabled")),
    values=(True,),
    kind=BOOLEAN,
)
_ENCRYPTED: Final = _Setting(
    _ENCRYPTION,
    "KMS doesn't encrypt it",
    "add an aws.s3.BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms",
    own=(
        ("serverSideEncryptionConfiguration", "rule", _DEFAULT, "sseAlgorithm"),
        ("serverSideEncryptionConfigurations", _EACH, "rules", _EACH, f"{_DEFAULT}s", _EACH, "sseAlgorithm"),
    ),
    inner=(("rules", _EACH, _DEFAULT, "sseAlgorithm"),),
    values=("aws:kms", "aws:kms:dsse"),
)
_LOGGED: Final = _Setting(
    _LOGGING,
    "it writes no access log",
    "add an aws.s3.BucketLogging, or list the bucket in logBuckets if it is one that keeps logs",
    own=(("logging", "targetBucket"), ("loggings", _EACH, "targetBucket")),
)
_OF_ALL: Final = (_BLOCKED, _BY_TLS, _VERSIONED)
_OF_DATA: Final = (*_OF_ALL, _ENCRYPTED, _LOGGED)
_OF_LOGS: Final = (*_OF_ALL, _ENCRYPTED._replace(values=(*_ENCRYPTED.values, "AES256")))


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds settings, of a bucket's own or in their own resources, that weaken it."""
    if subject.type in _BLOCK:
        for key in _BLOCKS:
            fix = f"set {key} to true"
            yield from check(subject.at(key), BOOLEAN, bool, fix=fix, required=True, mend=True)
    elif subject.type in _VERSIONING:
        status, fix = subject.at("versioningConfiguration", "status"), "set status to Enabled"
        yield from check(status, TEXT, lambda it: it == "Enabled", fix=fix, required=True, mend="Enabled")
    else:
        yield from _versions(subject)
        yield from _grants(subject)
        yield from allowed(subject.at("policy"), _open, _FIX_POLICY)
        yield from _plain_http(subject, required=subject.type in _POLICY)


def _versions(bucket: Typed) -> Iterator[Finding]:
    for path in _VERSIONED.own:
        for field in _leaves(bucket.root, path):
            yield from check(field, BOOLEAN, bool, fix="set enabled to true", mend=True)


def _grants(subject: Typed) -> Iterator[Finding]:
    acl = subject.at("acl")
    yield from check(acl, TEXT, lambda it: it not in _PUBLIC_ACLS, fix=_FIX_ACL, mend="private")
    for path in _GRANTS:
        for field in _leaves(subject.root, path):
            yield from check(field, TEXT, lambda it: not it.endswith(_PUBLIC_GROUPS), fix=_FIX_ACL)


def _open(statement: Statement) -> Iterator[Finding]:
    return anybody(statement, _FIX_POLICY, *NETWORK)


def _plain_http(subject: Typed, *, required: bool) -> Iterator[Finding]:
    policy, name = subject.at("policy"), subject.at("bucket").value
    refusals = [(_refuses_plain_http(statement), statement) for statement in statements(policy)]
    sure = [text for answer, statement in refusals if answer for text in _reached(statement, ())]
    if _is_whole(name, sure) or (policy.value is ABSENT and not required):
        return
    if _is_whole(name, [text for answer, it in refusals if answer is not False for text in _reached(it, ("*",))]):
        yield Unjudged(place(policy))
    else:
        yield Violation(f"{place(policy)} has no statement that refuses plain HTTP. Fix: {_FIX_TLS}.")


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds buckets that lack a setting, wherever it could stand."""
    log_buckets = options["logBuckets"]
    for bucket in typed_in(stack, *_BUCKETS):
        for setting in _OF_LOGS if bucket.resource.name in log_buckets else _OF_DATA:
            yield from _set(stack, bucket, setting)


def _set(stack: Stack, bucket: Typed, setting: _Setting) -> Iterator[Finding]:
    found = companions(stack, bucket.resource, "bucket", setting.tokens)
    holders, paths = (found.sure, setting.inner) if found.sure else ((bucket,), setting.own)
    fields = [
        (holder.resource.urn, field)
        for holder in holders
        for path in paths
        if found.sure or holder.at(path[0]).value is not UNKNOWN
        for field in _leaves(holder.root, path)
        if found.sure or field.value is not ABSENT
    ]
    if not fields and (setting.inner or not found.sure):
        yield lacking(bucket.resource, found, f"{setting.lack}. Fix: {setting.fix}.")
    for urn, field in fields if setting.values else ():
        for finding in check(field, setting.kind, lambda it: it in setting.values, fix=setting.fix, required=True):
            yield finding._replace(urn=urn)


def _leaves(field: Field, path: _Path) -> Iterator[Field]:
    """The fields at the end of a path; `*` stands for every element of a list."""
    for depth, key in enumerate(path):
        if key == _EACH:
            for item in field.items():
                yield from _leaves(item, path[depth + 1 :])
            return
        field = field.at(key)
    yield field


def _reached(statement: Statement, unknown: _Path) -> Iterator[str]:
    """The names, with wildcards, of buckets and objects that a statement is about; `unknown` for what can't be told."""
    for field in statement.values("Resource"):
        if isinstance(field.value, str):
            yield field.value.rpartition(":::")[2]
        elif field.value is UNKNOWN:
            yield from unknown


def _is_whole(bucket: object, reached: list[str]) -> bool:
    """Whether the bucket and all of its objects are reached; any bucket, if its name isn't known."""
    names = [bucket] if isinstance(bucket, str) else [each for each in reached if "/" not in each]
    return any(all(any(covers(each, it) for each in reached) for it in (name, f"{name}/q7x")) for name in names)


def _refuses_plain_http(statement: Statement) -> bool | None:
    """Whether a statement denies everyone everything that isn't sent by TLS; None if that can't be told."""
    everyone = [_is(each.name, "*") for each in statement.principals()]
    everything = [_is(each, "*", "s3:*") for each in statement.values("Action")]
    parts = [_is(statement.at("Effect"), "Deny"), _any(everyone), _any(everything)]
    conditions = [
        None if not key and values.value is UNKNOWN else _by_http(operator, key, values)
        for operator, key, values in statement.conditions()
    ]
    parts += conditions or [False]
    return False if False in parts else None if None in parts else True


def _by_http(operator: str, key: str, values: Field) -> bool | None:
    if operator not in ("bool", "boolifexists") or key != "aws:securetransport":
        return False
    return _any([_is(each, "false", False) for each in one_or_many(values)])


def _is(field: Field, *wanted: object) -> bool | None:
    value = field.value.lower() if isinstance(field.value, str) else field.value
    return None if value is UNKNOWN else value in [each.lower() if isinstance(each, str) else each for each in wanted]


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


RULE = Rule(
    name="s3-private-encrypted",
    description="Buckets must be private, encrypted by KMS, versioned, logged and reached by TLS only.",
    why="Buckets hold what agents read and write: one that is public, or that can be emptied without a trace, is the "
    "most common way in which data get lost.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        checkov=(
            *("CKV_AWS_18", "CKV_AWS_20", "CKV_AWS_21", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"),
            *("CKV_AWS_57", "CKV_AWS_70", "CKV_AWS_145", "CKV_AWS_379", "CKV2_AWS_6"),
        )
    ),
    remediation="Give each bucket a BucketPublicAccessBlock, a BucketServerSideEncryptionConfiguration with aws:kms, "
    "a BucketVersioning, a BucketLogging and a BucketPolicy that denies what isn't sent by TLS.",
    area=of_type(*_BUCKETS, *_BLOCK, *_POLICY, *_ACL, *_VERSIONING),
    judge=judge,
    judge_stack=judge_stack,
    mends=True,
    options={
        "logBuckets": text_list(
            "Names in the program of buckets that keep access logs: they need not log, and may be encrypted by S3 "
            "(AES256), since neither S3 nor load balancers deliver logs to a bucket with a KMS key.",
            [],
        )
    },
)
