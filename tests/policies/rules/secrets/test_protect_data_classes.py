"""data-class-protected: what a declared class of data demands of workloads, claims and AWS stores."""

from typing import Any

import pytest

from policies.rule import Provider, Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    KINDS,
    NAMESPACE,
    PATCHES,
    WHOLE,
    owned,
    refused,
    resource,
    spec,
    stack_messages,
    unjudged,
)

RULE = "data-class-protected"
DOMAIN = "agent-platform.dev"
CLASS = f"{DOMAIN}/data-class"
KEPT = {f"{DOMAIN}/residency": "eu-central-1", f"{DOMAIN}/retention-days": "30", f"{DOMAIN}/audit": "true"}
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
TAGS = {"data-class": "health"}


def workload(
    kind: str = "kubernetes:apps/v1:Deployment", declared: object = "health", pod: Any = None, **changed: object
) -> Resource:
    annotations = {name: changed.get(name.partition("/")[2].replace("-", "_"), value) for name, value in KEPT.items()}
    return owned(spec() if pod is None else pod, kind, {"labels": {CLASS: declared}, "annotations": annotations})


def claim(storage: object = "gp3-encrypted", declared: object = "health", name: object = "data") -> Resource:
    metadata = {"name": name, "namespace": NAMESPACE, "labels": {CLASS: declared}, "annotations": dict(KEPT)}
    return resource({"metadata": metadata, "spec": {"storageClassName": storage}}, CLAIM, "claim")


def namespace(residency: object = "eu-central-1", kind: str = "Namespace", name: object = NAMESPACE) -> Resource:
    metadata = {"name": name, "annotations": {f"{DOMAIN}/residency": residency}}
    return resource({"metadata": metadata}, f"kubernetes:core/v1:{kind}", "namespace")


@pytest.mark.parametrize("kind", KINDS)
def test_a_workload_that_says_all_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, workload(kind)) == []
    assert unjudged(RULE, workload(kind)) == []


@pytest.mark.parametrize("kind", WHOLE)
def test_each_missing_declaration_is_refused_in_every_kind(kind: str) -> None:
    residency, retention, audit = refused(RULE, workload(kind, residency=None, retention_days=None, audit=None))
    assert 'annotations["agent-platform.dev/residency"] is not set. Fix: name a region.' in residency
    assert "is not set. Fix: name a number of days, from 1 to 365." in retention
    assert 'is not set. Fix: set it to "true".' in audit


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_may_lack_them(kind: str) -> None:
    assert refused(RULE, workload(kind, residency=None, retention_days=None, audit=None)) == []
    assert len(refused(RULE, workload(kind, audit="false"))) == 1


@pytest.mark.parametrize("declared", ["personal", "health", "financial", "Health"])
def test_the_classes_of_the_list_are_protected(declared: str) -> None:
    assert len(refused(RULE, workload(declared=declared, audit=None))) == 1


@pytest.mark.parametrize("declared", [None, "public", "", "healthy"])
def test_other_classes_are_not(declared: object) -> None:
    assert refused(RULE, workload(declared=declared, audit=None)) == []


def test_the_list_of_classes_is_an_option() -> None:
    assert refused(RULE, workload(audit=None), classes=["Secret"]) == []
    assert len(refused(RULE, workload(declared="secret", audit=None), classes=["x", "Secret"])) == 1


@pytest.mark.parametrize("kind", ["labels", "annotations"])
def test_a_class_may_be_a_label_or_an_annotation_of_pod_or_object(kind: str) -> None:
    metadata = {"name": "web", kind: {CLASS: "health"}}
    assert len(refused(RULE, owned(spec(), metadata=metadata))) == 3
    judged = owned(spec())
    assert isinstance(judged.properties, dict)
    assert len(refused(RULE, judged._replace(properties={**judged.properties, "metadata": metadata}))) == 3


def test_the_objects_annotations_go_before_its_pods() -> None:
    judged = workload()
    assert isinstance(judged.properties, dict)
    metadata = {"annotations": {f"{DOMAIN}/audit": "false"}}
    (message,) = refused(RULE, judged._replace(properties={**judged.properties, "metadata": metadata}))
    assert ': metadata.annotations["agent-platform.dev/audit"] is "false"' in message


@pytest.mark.parametrize(
    ("days", "passes"),
    [
        *(("1", True), ("365", True), ("366", False), ("0", False), ("-1", False), ("1.5", False), ("", False)),
        *(("000365", True), ("0000365", False), ("9" * 5000, False), ("٣", False), (" 3", False), (30, False)),
    ],
)
def test_retention_is_a_whole_number_up_to_the_ceiling(days: object, passes: bool) -> None:
    assert (refused(RULE, workload(retention_days=days)) == []) is passes


def test_the_ceiling_of_retention_is_an_option() -> None:
    assert refused(RULE, workload(), longestRetention=30) == []
    assert "from 1 to 29" in refused(RULE, workload(), longestRetention=29)[0]


@pytest.mark.parametrize("audit", ["True", "false", "", True, "yes"])
def test_audit_is_true_in_so_many_letters(audit: object) -> None:
    assert len(refused(RULE, workload(audit=audit))) == 1


def test_residency_is_one_of_the_regions_if_there_is_a_list() -> None:
    assert refused(RULE, workload(), regions=["eu-west-1", "eu-central-1"]) == []
    (message,) = refused(RULE, workload(), regions=["eu-west-1", "eu-west-2"])
    assert 'is "eu-central-1". Fix: name eu-west-1 or eu-west-2.' in message
    assert len(refused(RULE, workload(residency=""))) == 1


def test_unknown_declarations_are_not_judged() -> None:
    assert len(unjudged(RULE, workload(audit=UNKNOWN))) == 1
    assert "data-class" in unjudged(RULE, workload(declared=UNKNOWN, audit=None))[0]
    assert unjudged(RULE, workload(declared=UNKNOWN)) == []
    assert refused(RULE, workload(declared=UNKNOWN, audit=None)) == []


def test_a_class_of_the_wrong_type_is_refused_where_something_lacks() -> None:
    assert "belongs" in refused(RULE, workload(declared=7, audit=None))[0]
    assert refused(RULE, workload(declared=7)) == []
    metadata = {"labels": UNKNOWN, "annotations": {CLASS: ["x"]}}
    assert "belongs" in refused(RULE, owned(spec(), metadata=metadata))[0]


@pytest.mark.parametrize(("storage", "count"), [("gp3-encrypted", 0), ("gp2", 1), (None, 1), ("", 1), (7, 1)])
def test_a_claim_needs_an_encrypted_storage_class(storage: object, count: int) -> None:
    assert len(refused(RULE, claim(storage))) == count
    template = {"metadata": {"name": "d"}, "spec": {"storageClassName": storage}}
    sts = workload("kubernetes:apps/v1:StatefulSet")
    assert isinstance(sts.properties, dict)
    claims = {**sts.properties["spec"], "volumeClaimTemplates": [template]}
    assert len(refused(RULE, sts._replace(properties={**sts.properties, "spec": claims}))) == count
    assert len(refused(RULE, workload(pod=spec(volumes=[{"name": "e"}, volume(template)])))) == count


def volume(template: object) -> dict[str, Any]:
    return {"name": "d", "ephemeral": {"volumeClaimTemplate": template}}


def test_the_encrypted_storage_classes_are_an_option() -> None:
    assert refused(RULE, claim("fast"), encryptedStorageClasses=["x", "fast"]) == []
    assert "use an encrypted storage class: x, y." in refused(RULE, claim(), encryptedStorageClasses=["x", "y"])[0]
    assert "have one listed" in refused(RULE, claim(), encryptedStorageClasses=[])[0]


def test_a_claim_must_say_the_rest_too_and_other_objects_need_not() -> None:
    bare = {"metadata": {"labels": {CLASS: "health"}}, "spec": {}}
    assert len(refused(RULE, resource(bare, CLAIM))) == 4
    assert refused(RULE, resource(bare, f"{CLAIM}Patch")) == []
    assert refused(RULE, resource(bare, "kubernetes:core/v1:ConfigMap")) == []
    assert refused(RULE, resource(bare, "kubernetes:core/v1:Service")) == []
    assert len(refused(RULE, resource({"items": [bare]}, f"{CLAIM}List"))) > 0


@pytest.mark.parametrize(("empty", "count"), [({}, 1), ({"medium": ""}, 1), ({"medium": "Memory"}, 0)])
def test_scratch_space_must_be_in_memory_if_the_option_says_so(empty: object, count: int) -> None:
    judged = workload(pod=spec(volumes=[{"name": "c", "configMap": {}}, {"name": "s", "emptyDir": empty}]))
    assert refused(RULE, judged) == []
    found = refused(RULE, judged, scratchInMemory=True)
    assert len(found) == count
    assert all(message.endswith("Fix: set medium to Memory.") for message in found)


ENCRYPTED: dict[str, dict[str, Any]] = {
    "aws:efs/fileSystem:FileSystem": {"encrypted": True, "kmsKeyId": KEY},
    "aws:ebs/volume:Volume": {"encrypted": True, "kmsKeyId": KEY},
    "aws:rds/instance:Instance": {"storageEncrypted": True, "kmsKeyId": KEY},
    "aws:rds/cluster:Cluster": {"storageEncrypted": True, "kmsKeyId": KEY},
    "aws:dynamodb/table:Table": {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}},
    "aws:elasticache/replicationGroup:ReplicationGroup": {"atRestEncryptionEnabled": True, "kmsKeyId": KEY},
    "aws:sqs/queue:Queue": {"kmsMasterKeyId": KEY},
    "aws:sns/topic:Topic": {"kmsMasterKeyId": KEY},
    "aws:kinesis/stream:Stream": {"kmsKeyId": KEY},
    "aws:cloudwatch/logGroup:LogGroup": {"kmsKeyId": KEY},
}


@pytest.mark.parametrize(("kind", "settings"), ENCRYPTED.items())
@pytest.mark.parametrize("tags", ["tags", "tagsAll"])
@pytest.mark.parametrize("tag", ["data-class", CLASS])
def test_a_store_with_a_key_of_ones_own_passes(kind: str, settings: dict[str, Any], tags: str, tag: str) -> None:
    assert refused(RULE, resource({**settings, tags: {tag: "health"}}, kind)) == []
    assert len(refused(RULE, resource({tags: {tag: "health"}}, kind))) == 1 + ("ncryp" in str(settings))
    assert refused(RULE, resource({tags: {tag: "public"}}, kind)) == []
    assert refused(RULE, resource({}, kind)) == []


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_a_store_with_a_key_of_aws_is_refused(kind: str) -> None:
    def weakened(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: weakened(inner) for name, inner in value.items()}
        return "alias/aws/sqs" if isinstance(value, str) else False

    found = refused(RULE, resource({**weakened(ENCRYPTED[kind]), "tags": TAGS}, kind))
    assert 'is "alias/aws/sqs". Fix: name a KMS key of your own' in found[-1]
    assert len(found) == 1 + ("ncryp" in str(ENCRYPTED[kind]))


def test_a_store_with_an_empty_or_unknown_key() -> None:
    kind = "aws:sqs/queue:Queue"
    assert len(refused(RULE, resource({"kmsMasterKeyId": "", "tags": TAGS}, kind))) == 1
    assert len(unjudged(RULE, resource({"kmsMasterKeyId": UNKNOWN, "tags": TAGS}, kind))) == 1
    assert len(unjudged(RULE, resource({"tags": UNKNOWN}, kind))) == 1


def test_a_store_is_in_one_of_the_regions_if_there_is_a_list() -> None:
    regions = ["eu-west-1", "eu-central-1"]
    queue = resource({"kmsMasterKeyId": KEY, "tags": TAGS}, "aws:sqs/queue:Queue")
    here = queue._replace(provider=Provider("aws", "p", {"region": "eu-central-1"}, explicit=True))
    assert refused(RULE, here, regions=regions) == []
    assert len(refused(RULE, here)) == 0
    (message,) = refused(RULE, here, regions=["us-east-1", "us-east-2"])
    assert 'the store\'s provider: region is "eu-central-1". Fix: put the store into us-east-1 or us-east-2.' in message
    own = here._replace(properties={"kmsMasterKeyId": KEY, "tags": TAGS, "region": "us-east-1"})
    assert 'region is "us-east-1"' in refused(RULE, own, regions=regions)[0]
    assert refused(RULE, own, regions=["us-east-1"]) == []
    assert len(unjudged(RULE, queue, regions=regions)) == 1
    nowhere = queue._replace(provider=Provider("aws", "p", {}, explicit=True))
    assert "is not set" in refused(RULE, nowhere, regions=regions)[0]
    bucket = resource({"tags": TAGS}, "aws:s3/bucket:Bucket")._replace(provider=here.provider)
    assert len(refused(RULE, bucket, regions=["us-east-1"])) == 1
    assert refused(RULE, bucket, regions=regions) == []


@pytest.mark.parametrize(("residency", "count"), [("eu-central-1", 0), ("us-east-1", 1), (None, 1), (7, 1)])
def test_the_namespace_of_the_stack_says_the_same_residency(residency: object, count: int) -> None:
    found = stack_messages(RULE, workload(), namespace(residency), namespace("us-east-1", name="other"))
    assert len(found) == count
    assert all(
        "Deployment" in message and f'namespace "{NAMESPACE}": metadata.annotations' in message for message in found
    )
    assert len(stack_messages(RULE, claim(), namespace(residency))) == count


def test_what_the_stack_cannot_show_of_a_namespace() -> None:
    assert stack_messages(RULE, workload()) == []
    assert stack_messages(RULE, workload(residency=None), namespace("us-east-1")) == []
    assert stack_messages(RULE, workload(declared="public"), namespace("us-east-1")) == []
    assert stack_messages(RULE, workload(), namespace(None, "NamespacePatch")) == []
    assert stack_messages(RULE, workload(), namespace("us-east-1", "ConfigMap")) == []
    assert stack_messages(RULE, workload(), namespace(UNKNOWN))[0].startswith("could not judge")
    lost = workload()
    assert isinstance(lost.properties, dict)
    lost = lost._replace(properties={**lost.properties, "metadata": {"namespace": UNKNOWN}})
    assert stack_messages(RULE, lost, namespace())[0].startswith("could not judge")


def mounting(name: object) -> Resource:
    return workload(pod=spec(volumes=[{"name": "t"}, {"name": "d", "persistentVolumeClaim": {"claimName": name}}]))


def test_a_mounted_claim_declares_a_class_itself() -> None:
    assert stack_messages(RULE, mounting("data"), claim()) == []
    assert stack_messages(RULE, mounting("data"), claim(declared=UNKNOWN)) == []
    (message,) = stack_messages(RULE, mounting("data"), claim(declared=None), claim(name="other"))
    assert 'claimName is "data", a claim that declares no class. Fix: give the claim the label' in message
    assert "Deployment" in message


@pytest.mark.parametrize("name", ["elsewhere", UNKNOWN, 7])
def test_a_claim_that_the_stack_does_not_show_is_not_judged(name: object) -> None:
    (message,) = stack_messages(RULE, mounting(name), claim(declared=None))
    assert message.startswith("could not judge 1 value")
    assert "claimName" in message


def test_a_secret_claim_name_is_not_shown() -> None:
    (message,) = stack_messages(RULE, mounting(Secret("data")), claim(declared=None))
    assert '"data"' not in message


BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def bucket(kind: str = BUCKET, **properties: Any) -> Resource:
    return resource({"bucket": "data", "tags": TAGS, **properties}, kind, "data")


def setting(
    algorithm: object = "aws:kms", key: object = KEY, name: object = "data", kind: str = ENCRYPTION
) -> Resource:
    default = {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}
    return resource({"bucket": name, "rules": [{"applyServerSideEncryptionByDefault": default}]}, kind, "setting")


@pytest.mark.parametrize("version", ["", "V2"])
def test_a_bucket_is_encrypted_by_a_setting_of_its_own(version: str) -> None:
    made = bucket(f"aws:s3/bucket{version}:Bucket{version}")
    encrypted = ENCRYPTION.replace("Configuration", f"Configuration{version}")
    assert stack_messages(RULE, made, setting(kind=encrypted)) == []
    assert stack_messages(RULE, made, setting("aws:kms:dsse", kind=encrypted)) == []
    (message,) = stack_messages(RULE, made, setting(name="other", kind=encrypted))
    assert "the stack sets no encryption for this bucket. Fix: add a BucketServerSideEncryption" in message


@pytest.mark.parametrize(
    ("algorithm", "key"), [("AES256", KEY), ("aws:kms", None), ("aws:kms", "alias/aws/s3"), (None, KEY)]
)
def test_a_bucket_needs_kms_and_a_key_of_ones_own(algorithm: object, key: object) -> None:
    (message,) = stack_messages(RULE, bucket(), setting(algorithm, key))
    assert 'aws:s3/bucket:Bucket "data"' in message


def test_a_setting_belongs_to_the_bucket_that_it_depends_on() -> None:
    made = bucket(bucket=UNKNOWN)
    assert stack_messages(RULE, made, setting(name=UNKNOWN)._replace(dependencies=(made.urn,))) == []
    assert len(stack_messages(RULE, made, setting(name=UNKNOWN))) == 1


def test_a_bucket_may_be_encrypted_inline() -> None:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}}
    assert stack_messages(RULE, bucket(serverSideEncryptionConfiguration={"rule": rule})) == []
    assert len(stack_messages(RULE, bucket(serverSideEncryptionConfiguration={"rule": {}}))) == 2


def test_a_bucket_without_a_class_and_unknown_tags() -> None:
    assert stack_messages(RULE, bucket(tags={"data-class": "public"})) == []
    assert stack_messages(RULE, bucket(tags=UNKNOWN))[0].startswith("could not judge")
    assert refused(RULE, bucket()) == []
