"""logs-retained-encrypted: log groups keep logs for a year and have a key."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, mended, refused, resource, unjudged

RULE = "logs-retained-encrypted"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234"


def group(**fields: object) -> Json:
    return {"retentionInDays": 365, "kmsKeyId": KEY, **fields}


@pytest.mark.parametrize("days", [0, 365, 366, 3653])
def test_a_group_that_keeps_logs_for_a_year_or_for_ever_passes(days: int) -> None:
    assert refused(RULE, resource(group(retentionInDays=days), LOG_GROUP)) == []


@pytest.mark.parametrize("days", [None, 1, 180, 364, -1])
def test_a_group_that_loses_logs_earlier_or_does_not_say_is_refused_and_mended(days: object) -> None:
    judged = resource(group(retentionInDays=days), LOG_GROUP)
    (message,) = refused(RULE, judged)
    assert "retentionInDays is" in message
    assert "Fix: set retentionInDays to 365 or more" in message
    once = mended(RULE, judged)
    assert once.properties == group()
    assert mended(RULE, once) == once


@pytest.mark.parametrize(("least", "set_to"), [(1, 1), (181, 365), (366, 400), (400, 400), (3653, 3653)])
def test_the_retention_is_a_setting_and_mended_to_a_period_that_aws_has(least: int, set_to: int) -> None:
    judged = resource(group(retentionInDays=None), LOG_GROUP)
    assert mended(RULE, judged, days=least).properties == group(retentionInDays=set_to)
    assert refused(RULE, resource(group(retentionInDays=least), LOG_GROUP), days=least) == []
    if least > 1:
        assert len(refused(RULE, resource(group(retentionInDays=least - 1), LOG_GROUP), days=least)) == 1


@pytest.mark.parametrize("key", [None, "", "alias/aws/logs", "arn:aws:kms:eu-central-1:111122223333:alias/aws/logs"])
def test_a_group_without_a_key_of_its_own_is_refused_and_not_mended(key: object) -> None:
    judged = resource(group(kmsKeyId=key), LOG_GROUP)
    (message,) = refused(RULE, judged)
    assert "kmsKeyId is" in message
    assert len(refused(RULE, mended(RULE, judged))) == 1


def test_a_group_that_only_passes_logs_on_needs_a_key_and_no_retention() -> None:
    assert refused(RULE, resource(group(logGroupClass="DELIVERY", retentionInDays=2), LOG_GROUP)) == []
    assert len(refused(RULE, resource(group(logGroupClass="DELIVERY", kmsKeyId=None), LOG_GROUP))) == 1
    assert len(refused(RULE, resource(group(logGroupClass="INFREQUENT_ACCESS", retentionInDays=2), LOG_GROUP))) == 1


@pytest.mark.parametrize(
    "fields", [{"retentionInDays": UNKNOWN}, {"kmsKeyId": UNKNOWN}, {"logGroupClass": UNKNOWN, "retentionInDays": 2}]
)
def test_unknown_values_are_not_judged(fields: Json) -> None:
    judged = resource(group(**fields), LOG_GROUP)
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(("fields", "wanted"), [({"retentionInDays": "365"}, "number"), ({"kmsKeyId": 7}, "a string")])
def test_values_of_the_wrong_type_are_refused(fields: Json, wanted: str) -> None:
    assert f"{wanted} belongs" in refused(RULE, resource(group(**fields), LOG_GROUP))[0]
