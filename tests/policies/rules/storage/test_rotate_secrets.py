"""secrets-cmk-rotated: secrets have a key of our own and are replaced in time."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, refused, resource, stack_messages, unjudged

RULE = "secrets-cmk-rotated"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"


def rotation(**rules: object) -> Json:
    return {"secretId": "arn:1", "rotationRules": rules}


def test_a_secret_with_a_key_of_its_own_in_every_region_passes() -> None:
    replicas = [{"region": "eu-west-1", "kmsKeyId": "5678"}]
    assert refused(RULE, resource({"kmsKeyId": "1234"}, SECRET)) == []
    assert refused(RULE, resource({"kmsKeyId": "1234", "replicas": replicas}, SECRET)) == []


@pytest.mark.parametrize("key", [None, "alias/aws/secretsmanager"])
def test_a_secret_or_replica_without_one_is_refused(key: object) -> None:
    (message,) = refused(RULE, resource({"kmsKeyId": key}, SECRET))
    assert "kmsKeyId is" in message
    assert "Fix: set kmsKeyId" in message
    replicas = [{"kmsKeyId": "5678"}, {"kmsKeyId": key}]
    (message,) = refused(RULE, resource({"kmsKeyId": "1234", "replicas": replicas}, SECRET))
    assert "replicas[1].kmsKeyId is" in message


@pytest.mark.parametrize("days", [1, 30, 90])
def test_a_rotation_in_time_passes(days: int) -> None:
    assert refused(RULE, resource(rotation(automaticallyAfterDays=days), ROTATION)) == []
    enabled = {**rotation(automaticallyAfterDays=days), "rotationEnabled": True}
    assert refused(RULE, resource(enabled, ROTATION)) == []


@pytest.mark.parametrize("days", [91, 365, 0, -1, None, "30", 30.5])
def test_a_rotation_that_is_late_or_never_is_refused(days: object) -> None:
    (message,) = refused(RULE, resource(rotation(automaticallyAfterDays=days), ROTATION))
    assert "rotationRules.automaticallyAfterDays is" in message
    assert "Fix: set rotationRules.automaticallyAfterDays to 90 or less" in message


def test_a_rotation_without_rules_or_switched_off_is_refused() -> None:
    assert len(refused(RULE, resource({"secretId": "arn:1"}, ROTATION))) == 1
    off = {**rotation(automaticallyAfterDays=30), "rotationEnabled": False}
    assert "rotationEnabled is false. Fix: set rotationEnabled" in refused(RULE, resource(off, ROTATION))[0]


@pytest.mark.parametrize(
    ("schedule", "passes"),
    [
        *(("rate(90 days)", True), ("rate(1 day)", True), ("rate(2160 hours)", True), ("rate(4 hours)", True)),
        *(("rate(91 days)", False), ("rate(2161 hours)", False), ("rate(10 weeks)", False), ("xrate(1 day)", False)),
        *(("cron(0 8 1 * ? *)", True), ("cron(0 8 ? * MON#1 *)", True), ("cron(0 8 1 1 ? *)", False)),
        *(("cron(0 8 1 */6 ? *)", False), ("cron(0 8 1 * ? 2027)", False), ("cron(0 8 1)", False)),
        *(("", False), ("monthly", False), ("cron(0 8 1 * ? *) ", False)),
    ],
)
def test_a_schedule_passes_if_it_says_that_it_is_in_time(schedule: str, passes: bool) -> None:
    found = refused(RULE, resource(rotation(scheduleExpression=schedule), ROTATION))
    assert len(found) == int(not passes)
    assert all("rotationRules.scheduleExpression is" in message for message in found)


def test_the_time_is_a_setting() -> None:
    assert refused(RULE, resource(rotation(automaticallyAfterDays=180), ROTATION), days=180) == []
    assert "to 30 or less" in refused(RULE, resource(rotation(automaticallyAfterDays=31), ROTATION), days=30)[0]
    monthly = resource(rotation(scheduleExpression="cron(0 8 1 * ? *)"), ROTATION)
    assert refused(RULE, monthly, days=31) == []
    assert len(refused(RULE, monthly, days=30)) == 1
    assert refused(RULE, resource(rotation(scheduleExpression="rate(48 hours)"), ROTATION), days=2) == []
    assert len(refused(RULE, resource(rotation(scheduleExpression="rate(49 hours)"), ROTATION), days=2)) == 1


@pytest.mark.parametrize(
    ("token", "properties"),
    [
        (SECRET, {"kmsKeyId": UNKNOWN}),
        (SECRET, {"kmsKeyId": "1234", "replicas": UNKNOWN}),
        (ROTATION, rotation(automaticallyAfterDays=UNKNOWN)),
        (ROTATION, rotation(scheduleExpression=UNKNOWN)),
        (ROTATION, {**rotation(automaticallyAfterDays=9), "rotationEnabled": UNKNOWN}),
    ],
)
def test_unknown_values_are_not_judged(token: str, properties: Json) -> None:
    assert len(unjudged(RULE, resource(properties, token))) == 1
    assert refused(RULE, resource(properties, token)) == []


def test_a_secret_that_nothing_rotates_is_refused_in_the_stack() -> None:
    first, second = (resource({"id": f"arn:{name}"}, SECRET, name) for name in ("first", "second"))
    (message,) = stack_messages(RULE, first, second, resource({"secretId": "arn:first"}, ROTATION))
    assert '"second"' in message
    assert "nothing rotates the secret. Fix: add an aws.secretsmanager.SecretRotation" in message


def test_a_rotation_of_a_secret_yet_to_be_made_is_known_by_dependency() -> None:
    secret = resource({"id": UNKNOWN}, SECRET)
    rotated = resource({"secretId": UNKNOWN}, ROTATION)._replace(dependencies=(secret.urn,))
    assert stack_messages(RULE, secret, rotated, preview=True) == []
