"""data-class-protected: whatever declares a class of protected data is kept as that class demands.

A workload or a claim declares it by the label or annotation `agent-platform.dev/data-class`, an AWS store by the tag
`data-class`. Where the class is on the list, the rule demands

- residency: a workload says where its data may lie (`agent-platform.dev/residency`), the namespace it runs in says the
  same, and a store is in a region of the list (GDPR Art. 44: no transfer out of the Union by accident);
- encryption at rest: claims use a storage class of the list, stores a key of the customer's own, whose use is logged
  and can be revoked (GDPR Art. 32 (1) a; HIPAA 164.312 (a)(2)(iv)); a claim that such a workload mounts declares a
  class itself, so that it is judged too;
- retention: `agent-platform.dev/retention-days`, a whole number up to a ceiling (GDPR Art. 5 (1) e);
- audit: `agent-platform.dev/audit: "true"`, by which the platform keeps a record of access (GDPR Art. 5 (2); HIPAA
  164.312 (b)).

An emptyDir dies with its pod and lies on the node's disk, which nodes-encrypted-disk demands to be encrypted: it is
allowed, unless the option says that scratch space must be in memory. A namespace that another stack makes is trusted to
be in the region that the workload names; a claim that another stack makes is told as one that could not be judged.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import switch, text_list, whole_number
from policies.rule import Area, Options, References, Resource, Rule, Stack
from policies.subjects.objects import Object, kind_of, objects_in, objects_of
from policies.subjects.placed_pods import placed_by
from policies.subjects.pods import Pod
from policies.subjects.selectors import within
from policies.subjects.typed import Typed, typed, typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_DOMAIN: Final = "agent-platform.dev"
_CLASS: Final = f"{_DOMAIN}/data-class"
_RESIDENCY: Final = f"{_DOMAIN}/residency"
_RETENTION: Final = f"{_DOMAIN}/retention-days"
_AUDIT: Final = f"{_DOMAIN}/audit"
_CLAIM: Final = "core/PersistentVolumeClaim"
_BUCKETS: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_BUCKET_ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
_STORES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "aws:efs/fileSystem:FileSystem": (("encrypted",), ("kmsKeyId",)),
    "aws:ebs/volume:Volume": (("encrypted",), ("kmsKeyId",)),
    "aws:rds/instance:Instance": (("storageEncrypted",), ("kmsKeyId",)),
    "aws:rds/cluster:Cluster": (("storageEncrypted",), ("kmsKeyId",)),
    "aws:dynamodb/table:Table": (("serverSideEncryption", "enabled"), ("serverSideEncryption", "kmsKeyArn")),
    "aws:elasticache/replicationGroup:ReplicationGroup": (("atRestEncryptionEnabled",), ("kmsKeyId",)),
    "aws:sqs/queue:Queue": ((), ("kmsMasterKeyId",)),
    "aws:sns/topic:Topic": ((), ("kmsMasterKeyId",)),
    "aws:kinesis/stream:Stream": ((), ("kmsKeyId",)),
    "aws:cloudwatch/logGroup:LogGroup": ((), ("kmsKeyId",)),
}
_LONGEST_NUMBER: Final = 6
_FIX_KEY: Final = "name a KMS key of your own (not an alias/aws/ key)"
_FIX_CLAIM: Final = f"give the claim the label {_CLASS}, so that its storage is judged"


def _concerns(token: str) -> bool:
    return token in _STORES or token in _BUCKETS or bool(kind_of(token))


def _subjects(resource: Resource) -> tuple[Object | Typed, ...]:
    return objects_of(resource) if kind_of(resource.type) else (typed(resource),)


def judge(subject: Object | Typed, options: Options) -> Iterator[Finding]:
    """Finds what a workload, a claim or a store lacks for the class that it declares."""
    if isinstance(subject, Typed):
        return _if_listed(_tags(subject), _of_store(subject, options), options)
    pods = _pods(subject)
    found = _of_object(subject, pods, options)
    return _named(subject, _if_listed(_classes(subject, pods), found, options))


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds what only the whole stack shows: the namespace's residency, mounted claims, a bucket's encryption."""
    everything = stack.view(objects_in)
    for each in everything:
        pods = _pods(each)
        found = chain(_same_residency(each, pods, everything), _claims(each, pods, everything))
        yield from _told_of(each.resource, _named(each, _if_listed(_classes(each, pods), found, options)))
    for bucket in typed_in(stack, *_BUCKETS):
        yield from _told_of(bucket.resource, _if_listed(_tags(bucket), _of_bucket(bucket, stack), options))


def _told_of(resource: Resource, findings: Iterator[Finding]) -> Iterator[Finding]:
    for finding in findings:
        yield finding._replace(urn=resource.urn)


def _named(owner: Object, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, told apart by the names of the objects where these are items of a List."""
    for finding in findings:
        if isinstance(finding, Violation):
            yield finding._replace(text=within(owner, finding.text))
        else:
            yield finding._replace(place=within(owner, finding.place))


def _pods(subject: Object) -> list[Pod]:
    return [placed.pod for placed in placed_by(subject)]


def _classes(subject: Object, pods: list[Pod]) -> list[Field]:
    """Where a workload or a claim may declare a class. Other objects declare none."""
    places = [subject.at("metadata"), *(pod.metadata for pod in pods)] if pods or subject.kind == _CLAIM else []
    return [metadata.at(kind, _CLASS) for metadata in places for kind in ("labels", "annotations")]


def _tags(store: Typed) -> list[Field]:
    return [store.at(tags, name) for tags in ("tags", "tagsAll") for name in ("data-class", _CLASS)]


def _if_listed(declared: list[Field], findings: Iterator[Finding], options: Options) -> Iterator[Finding]:
    """The findings if a class of the list is declared; what can't be read is told."""
    listed = [each.lower() for each in options["classes"]]
    if any(isinstance(field.value, str) and field.value.lower() in listed for field in declared):
        yield from findings
        return
    unclear = [field for field in declared if not isinstance(field.value, str) and field.value is not ABSENT]
    if unclear and any(True for _ in findings):
        worst = next((field for field in unclear if field.value is not UNKNOWN), unclear[0])
        yield unreadable(worst, "a string", "write the class as a string")


def _of_object(subject: Object, pods: list[Pod], options: Options) -> Iterator[Finding]:
    regions, longest = options["regions"], options["longestRetention"]
    questions = (
        (_RESIDENCY, lambda it: it in regions if regions else bool(it), f"name {' or '.join(regions) or 'a region'}"),
        (_RETENTION, lambda it: _is_days(it, longest), f"name a number of days, from 1 to {longest}"),
        (_AUDIT, lambda it: it == "true", 'set it to "true"'),
    )
    for name, allowed, fix in questions:
        yield from check(_annotation(subject, pods, name), TEXT, allowed, fix=fix, required=subject.complete)
    classes = options["encryptedStorageClasses"]
    fix = f"use an encrypted storage class: {', '.join(classes) or 'have one listed in encryptedStorageClasses'}"
    for claim in _own_claims(subject, pods):
        yield from check(claim.at("storageClassName"), TEXT, classes.__contains__, fix=fix, required=subject.complete)
    if options["scratchInMemory"]:
        yield from _scratch(pods)


def _annotation(subject: Object, pods: list[Pod], name: str) -> Field:
    """The object's annotation, or its pods' where it has none."""
    places = [subject.at("metadata"), *(pod.metadata for pod in pods)]
    found = [metadata.at("annotations", name) for metadata in places]
    return next((field for field in found if field.value is not ABSENT), found[0])


def _is_days(text: str, longest: object) -> bool:
    whole = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return whole and isinstance(longest, int) and 1 <= int(text) <= longest


def _own_claims(subject: Object, pods: list[Pod]) -> Iterator[Field]:
    """The specs of the claims that the object is, or makes."""
    if subject.kind == _CLAIM:
        yield subject.at("spec")
    for template in subject.at("spec", "volumeClaimTemplates").items():
        yield template.at("spec")
    for volume in _volumes(pods):
        if volume.at("ephemeral").value is not ABSENT:
            yield volume.at("ephemeral", "volumeClaimTemplate", "spec")


def _volumes(pods: list[Pod]) -> Iterator[Field]:
    return (volume for pod in pods for volume in pod.at("volumes").items())


def _scratch(pods: list[Pod]) -> Iterator[Finding]:
    for volume in _volumes(pods):
        if volume.at("emptyDir").value is not ABSENT:
            medium = volume.at("emptyDir", "medium")
            yield from check(medium, TEXT, lambda it: it == "Memory", fix="set medium to Memory", required=True)


def _of_store(store: Typed, options: Options) -> Iterator[Finding]:
    encrypted, key = _STORES.get(store.type, ((), ()))
    if encrypted:
        yield from check(store.at(*encrypted), BOOLEAN, bool, fix="set it to true", required=True)
    if key:
        yield from check(store.at(*key), TEXT, _is_own_key, fix=_FIX_KEY, required=True)
    regions = options["regions"]
    if regions:
        fix = f"put the store into {' or '.join(regions)}"
        yield from check(_region(store), TEXT, regions.__contains__, fix=fix, required=True)


def _is_own_key(key: str) -> bool:
    return bool(key) and "alias/aws/" not in key


def _region(store: Typed) -> Field:
    """The region of a store: its own, or its provider's."""
    provider = store.resource.provider
    inherited = Field(provider.properties if provider else UNKNOWN, "the store's provider").at("region")
    return inherited if store.at("region").value is ABSENT else store.at("region")


def _same_residency(each: Object, pods: list[Pod], everything: tuple[Object, ...]) -> Iterator[Finding]:
    residency, namespace = _annotation(each, pods, _RESIDENCY), each.namespace
    if not isinstance(residency.value, str):
        return
    if not isinstance(namespace, str):
        yield Unjudged("metadata.namespace")
    for made in everything:
        if made.kind == "core/Namespace" and made.name in (namespace, UNKNOWN):
            declared = made.root.owned_by(f"namespace {each.namespace_text}").at("metadata", "annotations", _RESIDENCY)
            fix = f"set it to {residency.text}, or run the workload where its data may lie"
            found = check(declared, TEXT, residency.value.__eq__, fix=fix, required=made.complete)
            yield from (
                found if made.name == namespace or not found else [Unjudged("which namespace of the stack it is in")]
            )


def _claims(each: Object, pods: list[Pod], everything: tuple[Object, ...]) -> Iterator[Finding]:
    for volume in _volumes(pods):
        name = volume.at("persistentVolumeClaim", "claimName")
        if name.value is ABSENT:
            continue
        made = [
            it for it in everything if it.kind == _CLAIM and (it.namespace, it.name) == (each.namespace, name.value)
        ]
        if not made or not isinstance(name.value, str):
            yield Unjudged(place(name))
        elif all(field.value is ABSENT for it in made for field in _classes(it, [])):
            yield Violation(f"{place(name)} is {name.text}, a claim that declares no class. Fix: {_FIX_CLAIM}.")


def _of_bucket(bucket: Typed, stack: Stack) -> Iterator[Finding]:
    inline = bucket.at("serverSideEncryptionConfiguration", "rule")
    settings = [each for each in typed_in(stack, *_BUCKET_ENCRYPTION) if _is_for(each, bucket)]
    rules = [rule for each in settings for rule in each.at("rules").items()]
    if inline.value is not ABSENT:
        rules.append(inline)
    for rule in rules:
        default = rule.at("applyServerSideEncryptionByDefault")
        kms = default.at("sseAlgorithm")
        yield from check(kms, TEXT, ("aws:kms", "aws:kms:dsse").__contains__, fix="set it to aws:kms", required=True)
        yield from check(default.at("kmsMasterKeyId"), TEXT, _is_own_key, fix=_FIX_KEY, required=True)
    if not rules:
        fix = "add a BucketServerSideEncryptionConfiguration with aws:kms and a key of your own"
        yield Violation(f"the stack sets no encryption for this bucket. Fix: {fix}.")


def _is_for(setting: Typed, bucket: Typed) -> bool:
    """Whether a setting is this bucket's: it depends on it, or has its name."""
    name = setting.at("bucket").value
    named = isinstance(name, str) and name == bucket.at("bucket").value
    return named or bucket.resource.urn in setting.resource.dependencies


RULE = Rule(
    name="data-class-protected",
    description="Data of a protected class must be encrypted, kept in its region, deleted in time and audited.",
    why="Personal, health and financial data may lie only where, as long as and as well kept as the law says; whoever "
    "declares them gets the rest checked.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        owasp=("LLM02",),
        others=("GDPR Art. 5", "GDPR Art. 32", "GDPR Art. 44", "HIPAA 164.312(a)(2)(iv)", "HIPAA 164.312(b)"),
    ),
    remediation=f"Declare {_RESIDENCY}, {_RETENTION} and {_AUDIT} beside the class, use an encrypted storage class, "
    "and encrypt AWS stores with a KMS key of your own.",
    area=Area(_concerns, _subjects),
    judge=judge,
    judge_stack=judge_stack,
    options={
        "classes": text_list("Values of data-class that are protected.", ["personal", "health", "financial"]),
        "regions": text_list("Regions where protected data may lie; any region if empty.", []),
        "encryptedStorageClasses": text_list("Storage classes whose volumes are encrypted.", ["gp3-encrypted"]),
        "longestRetention": whole_number("For how many days protected data may be kept.", 365, 1, 36500),
        "scratchInMemory": switch("Whether an emptyDir of a workload with such data must be in memory.", default=False),
    },
)
