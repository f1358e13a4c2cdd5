"""A fleet as a whole: that the pack accepts it, that nothing of it is useless, and what others get of it."""

from pathlib import Path

import pulumi
import pytest

from components.vm_fleet.component import VmFleet
from tests.components.aws_recording import Cloud, recording, run, unjudged, value, violations
from tests.components.vm_fleet.making import (
    everything,
    ground,
    judged,
    made_with,
    make,
    of_fleet,
    settings,
)

ENDS = {
    *("Alias", "BucketLifecycleConfiguration", "BucketServerSideEncryptionConfiguration", "ListenerRule", "Policy"),
    *("Record", "SecurityGroupIngressRule", "Listener"),
}
"""What sets something up, so that nothing needs to name it."""


def test_the_pack_accepts_the_fleet_and_has_nothing_to_add(made: Cloud, tmp_path: Path) -> None:
    said = judged(made, tmp_path, everything())
    assert violations(said) == []
    assert unjudged(said) == []


def test_at_preview_nothing_but_a_new_policy_and_a_new_key_is_unknown_to_the_pack(tmp_path: Path) -> None:
    said = judged(made_with(everything(), preview=True), tmp_path, everything())
    assert violations(said) == []
    unknown = unjudged(said)
    assert unknown
    assert all("policyArn" in text or "kmsKeyId" in text for text in unknown)


def test_a_pack_that_is_not_told_of_the_fleet_asks_for_its_bucket_and_role_only(made: Cloud, tmp_path: Path) -> None:
    said = violations(judged(made, tmp_path))
    assert {text.split('"')[1] for text in said} == {
        "recommender-access-logs-bucket",
        "recommender-access-logs-encryption",
        "recommender-machines-images-and-secrets",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"image": None, "secrets": None, "config": None},
        {"load": {"kind": "requests", "perMinute": 600}, "refresh": {"rollbackAbovePercent": None}},
        {"clients": ["0.0.0.0/0"], "internal": False, "redirectHttp": False, "hostedZone": None},
        {"prometheus": None, "logstash": None},
        {"httpsTo": ["10.0.0.0/8"], "machines": {"least": 1, "most": 20}, "instanceType": "c7g.large"},
    ],
)
def test_the_pack_accepts_every_choice(changes: dict[str, object], tmp_path: Path) -> None:
    said = judged(made_with(everything(**changes)), tmp_path, everything())
    assert violations(said) == []
    assert unjudged(said) == []


def test_everything_is_used_or_sets_something_up(either: Cloud) -> None:
    useless = [each.name for each in of_fleet(either) if each.urn not in either.referenced()]
    kinds = {each.type.rpartition(":")[2] for each in of_fleet(either) if each.name in useless}
    assert kinds == ENDS
    listeners = [each.name for each in either.of_type("listener:Listener") if each.name in useless]
    assert listeners == ["recommender-balancer-http"]


def test_all_of_it_is_made_by_the_given_provider(either: Cloud) -> None:
    (provider,) = {each.provider for each in of_fleet(either)}
    assert provider == either.named("aws").urn


def test_what_can_not_be_made_again_and_the_way_in_are_protected_if_asked() -> None:
    protected = {each.name for each in made_with(settings()).registered if each.protect}
    assert protected == {
        "recommender-access-logs-bucket",
        "recommender-balancer-balancer",
        "recommender-machines-disks-key",
    }
    free = made_with(settings(), ground(protect=False))
    assert [each.name for each in free.registered if each.protect] == []
    assert free.one("loadBalancer:LoadBalancer").inputs["enableDeletionProtection"] is False
    assert free.one("s3/bucket:Bucket").inputs["forceDestroy"] is True
    assert made_with(settings()).one("s3/bucket:Bucket").inputs["forceDestroy"] is False


def test_two_fleets_can_live_in_one_program(tmp_path: Path) -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        for name in ("one", "two"):
            VmFleet(name, settings(name=name), ground(), opts)

    with recording(preview=False) as cloud:
        run(program)
    assert len({each.urn for each in cloud.registered}) == len(cloud.registered)
    assert violations(judged(cloud, tmp_path, settings(name="one"), settings(name="two"))) == []
    named = [each.inputs["name"] for each in of_fleet(cloud) if each.type.startswith(("aws:lb/lo", "aws:iam/role:"))]
    assert len(set(named)) == len(named) == 4


def test_others_are_told_where_it_is_and_how_prometheus_finds_it() -> None:
    with recording(preview=False):
        fleet = make(settings())
        assert fleet.url == "https://recommender.example.com"
        assert value(fleet.dns_name) == "recommender-1.eu-central-1.elb.amazonaws.com"
        assert fleet.scrape_config
        assert fleet.scrape_config["jobName"] == "vm-fleet/recommender"
        assert make(settings(prometheus=None), name="unwatched").scrape_config is None


def test_ids_from_above_may_be_unknown() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        unknown = pulumi.Output.from_input("subnet-1")
        given = ground(vpc_id=unknown, private_subnet_ids=[unknown, unknown], key_arn=unknown)
        VmFleet("recommender", everything(), given, opts)

    with recording(preview=True) as cloud:
        run(program)
    assert len(of_fleet(cloud)) == len(of_fleet(made_with(everything(), preview=True)))
