"""Services of a team as people write them: safe defaults, and what is refused before anything is made."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.load import ROOT, read_stack_file
from components.config.platform import PlatformConfig
from components.config.problems import ConfigurationError, Problem
from components.config.service_sizes import AURORA, BROKERS, CACHE_NODES, DATABASES, families
from components.config.services import Bucket, Cache, Database, Queue, Stream, Table

SERVICES = "agent-platform:services"
Read = Callable[..., PlatformConfig]
Refused = Callable[..., tuple[Problem, ...]]
CACHE, QUEUE, STREAM, DATABASE, BUCKET = (
    {"kind": kind, "name": "own"} for kind in ("cache", "queue", "stream", "database", "bucket")
)
TABLE: dict[str, Any] = {"kind": "table", "name": "own", "hashKey": {"name": "sessionId"}}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads the stack of team storefront with other services and settings."""

    def read_with(*services: Any, environment: str = "prod", zones: int = 3, **settings: Any) -> PlatformConfig:
        for layer in ("", "-platform", "-storefront"):
            shutil.copy(ROOT / f"Pulumi.{environment}{layer}.yaml", tmp_path)
        changes = {SERVICES: list(services), **{f"agent-platform:{key}": value for key, value in settings.items()}}
        _edit(tmp_path / f"Pulumi.{environment}-storefront.yaml", lambda config: config.update(changes))
        cloud = tmp_path / f"Pulumi.{environment}.yaml"
        _edit(cloud, lambda config: config["agent-platform:cluster"].update(zones=_zones(zones)))
        return read_stack_file(tmp_path / f"Pulumi.{environment}-storefront.yaml", ROOT / "agents")

    return read_with


@pytest.fixture
def refused(read: Read) -> Refused:
    """Return a function that gives what is wrong with services."""

    def refused_with(*services: Any, **settings: Any) -> tuple[Problem, ...]:
        with pytest.raises(ConfigurationError) as caught:
            read(*services, **settings)
        return caught.value.problems

    return refused_with


def _edit(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    whole = yaml.safe_load(path.read_text())
    change(whole["config"])
    path.write_text(yaml.safe_dump(whole))


def _zones(count: int) -> list[str]:
    return [f"eu-central-1{letter}" for letter in "abc"[:count]]


def test_a_name_is_enough_for_a_service_that_survives_the_loss_of_a_zone(read: Read) -> None:
    config = read(
        CACHE, {**QUEUE, "name": "q"}, {**STREAM, "name": "s"}, {**DATABASE, "name": "d"}, {**BUCKET, "name": "b"}
    )
    cache, queue, stream, database, bucket = (each.spec for each in config.services)
    assert isinstance(cache, Cache)
    assert (cache.engine, cache.replicas, cache.snapshot_days) == ("valkey", 1, 7)
    assert isinstance(queue, Queue)
    assert (queue.fifo, queue.attempts) == (False, 5)
    assert isinstance(stream, Stream)
    assert stream.brokers_per_zone == 1
    assert isinstance(database, Database)
    assert (database.multi_az, database.backup_days, database.final_snapshot) == (True, 7, True)
    assert isinstance(bucket, Bucket)
    assert (bucket.expire_days, bucket.old_version_days) == (None, 30)


def test_a_table_is_paid_by_the_request_unless_it_says_otherwise(read: Read) -> None:
    (made,) = read(TABLE).services
    assert isinstance(made.spec, Table)
    assert (made.spec.capacity, made.spec.recovery_days) == (None, 35)


def test_a_service_is_the_stacks_teams(read: Read) -> None:
    (made,) = read(CACHE).services
    assert (made.team, made.reference) == ("storefront", "storefront/own")


@pytest.mark.parametrize(
    ("service", "path", "reason"),
    [
        ({**CACHE, "name": "Own"}, "name", "not a DNS label"),
        ({**CACHE, "name": "a" * 41}, "name", "41 characters"),
        ({**QUEUE, "name": "own.fifo"}, "name", "ending of FIFO queues"),
        ({**CACHE, "nodeType": "cache.t4g.giant"}, "nodeType", "none of the types of ElastiCache"),
        ({**CACHE, "replicas": 6}, "replicas", "less than or equal to 5"),
        ({**CACHE, "snapshotDays": 0}, "snapshotDays", "greater than or equal to 1"),
        ({**CACHE, "engine": "memcached"}, "engine", "valkey"),
        ({**QUEUE, "visibilitySeconds": 43_201}, "visibilitySeconds", "43200"),
        ({**QUEUE, "retentionDays": 14}, "retentionDays", "13"),
        ({**STREAM, "brokerType": "kafka.m4.large"}, "brokerType", "none of the types of MSK"),
        ({**STREAM, "brokersPerZone": 0}, "brokersPerZone", "1"),
        ({**STREAM, "diskGi": 16_385}, "diskGi", "16384"),
        ({**TABLE, "hashKey": {"name": "session id"}}, "hashKey.name", "can't be the name of an attribute"),
        ({**TABLE, "recoveryDays": 36}, "recoveryDays", "35"),
        ({**DATABASE, "instanceType": "db.x9.huge"}, "instanceType", "none of the types of RDS"),
        ({**DATABASE, "backupDays": 6}, "backupDays", "7"),
        ({**DATABASE, "version": "9"}, "version", "16"),
        ({**BUCKET, "coldDays": 1}, "coldDays", "30"),
        ({**BUCKET, "acl": "public-read"}, "acl", "no option here"),
    ],
)
def test_what_aws_would_refuse_is_refused_where_it_stands(
    refused: Refused, service: dict[str, Any], path: str, reason: str
) -> None:
    (problem,) = refused(service)
    assert problem.path == f"services.0.{path}"
    assert problem.line
    assert reason in f"{problem.reason} {problem.fix}"


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ({**QUEUE, "attempts": 1000, "visibilitySeconds": 43_200}, "would be gone before it is a dead letter"),
        ({**TABLE, "rangeKey": {"name": "sessionId"}}, "wants two attributes"),
        ({**TABLE, "ttl": "sessionId"}, "a key that is no number"),
        ({**TABLE, "indexes": [{"name": "own", "hashKey": {"name": "a"}}] * 2}, "own more than once"),
        (
            {**TABLE, "indexes": [{"name": "own", "hashKey": {"name": "sessionId", "type": "number"}}]},
            "attribute sessionId is number here and string there",
        ),
        ({**DATABASE, "engine": "aurora", "storageGi": 50}, "storageGi would have no effect"),
        ({**DATABASE, "engine": "aurora", "instanceType": "db.m7g.large"}, "Aurora has no db.m7g.large"),
        ({**DATABASE, "storageGi": 200}, "mostStorageGi 100 is less than storageGi 200"),
        ({**DATABASE, "storageGi": 100, "mostStorageGi": 105}, "refuses to grow so little"),
        ({**BUCKET, "coldDays": 90, "expireDays": 100}, "paid for anyway"),
    ],
)
def test_options_that_contradict_each_other_are_refused_at_their_service(
    refused: Refused, service: dict[str, Any], reason: str
) -> None:
    (problem,) = refused(QUEUE | {"name": "good"}, service)
    assert problem.path == "services.1"
    assert reason in problem.reason
    assert problem.fix


@pytest.mark.parametrize(
    "service",
    [
        {**DATABASE, "storageGi": 100},
        {**DATABASE, "storageGi": 100, "mostStorageGi": 110},
        {**BUCKET, "coldDays": 90, "expireDays": 180},
        {**TABLE, "ttl": "at", "rangeKey": {"name": "at", "type": "number"}},
        {**QUEUE, "attempts": 8, "visibilitySeconds": 43_200},
    ],
)
def test_options_that_just_fit_are_taken(read: Read, service: dict[str, Any]) -> None:
    assert read(service).services


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ({**CACHE, "replicas": 0}, "cache own has no replicas"),
        ({**DATABASE, "multiAz": False}, "database own has one instance"),
        ({**STREAM, "brokerType": "kafka.t3.small"}, "slows down once its CPU credits are used up"),
    ],
)
def test_what_rests_on_one_machine_is_for_development_only(
    read: Read, refused: Refused, service: dict[str, Any], reason: str
) -> None:
    (problem,) = refused(service)
    assert reason in problem.reason
    assert read(service, environment="dev").services


def test_two_services_of_a_team_have_two_names_whatever_they_are(refused: Refused) -> None:
    (problem,) = refused(CACHE, QUEUE)
    assert "own of team storefront 2 times" in problem.reason


def test_a_service_of_another_team_belongs_to_that_teams_stack(refused: Refused) -> None:
    (problem,) = refused({**CACHE, "team": "media"})
    assert problem.path == "services.0.team"
    assert "move it to that team's stack" in problem.fix


def test_a_team_that_nobody_declares_has_no_services(refused: Refused) -> None:
    (problem,) = refused({**CACHE, "team": "nobody"})
    assert "not one of this environment's" in problem.reason
    assert "media, storefront" in problem.fix


def test_a_stack_of_all_teams_says_whose_a_service_is(read: Read, refused: Refused) -> None:
    (problem,) = [each for each in refused(CACHE, team=None) if each.path.startswith("services")]
    assert "nothing says which team's own is" in problem.reason
    secrets = yaml.safe_load((ROOT / "Pulumi.prod-storefront.yaml").read_text())["config"]["agent-platform:secrets"]
    of_team = [{**secret, "team": "storefront"} for secret in secrets]
    config = read({**CACHE, "team": "media"}, team=None, secrets=of_team)
    assert [each.reference for each in config.services] == ["media/own"]


def test_protected_data_stay_where_the_team_says(read: Read, refused: Refused, tmp_path: Path) -> None:
    assert read({**CACHE, "dataClass": "health"}).services
    shutil.copy(ROOT / "Pulumi.prod-platform.yaml", tmp_path)

    def refused_in(residency: str) -> Problem:
        elsewhere = dict(_team("storefront"), residency=residency)
        single = {"layers": ["platform", "team"], "teams": [elsewhere, _team("media")], "team": "storefront"}
        cluster = {"kind": "contract", "stack": "organization/agent-platform/prod"}
        registries = ["registry.example.com"]
        found = refused({**CACHE, "dataClass": "health"}, cluster=cluster, registries=registries, **single)
        return next(problem for problem in found if problem.path.startswith("services"))

    problem = refused_in("eu-west-1")
    assert problem.path == "services.0.dataClass"
    assert "health data in eu-central-1, and data of team storefront stay in eu-west-1" in problem.reason


def _team(name: str) -> dict[str, Any]:
    teams = yaml.safe_load((ROOT / "Pulumi.prod-platform.yaml").read_text())["config"]["agent-platform:teams"]
    (found,) = [team for team in teams if team["name"] == name]
    return dict(found)


def test_a_name_that_another_teams_service_may_have_in_aws_is_refused(refused: Refused) -> None:
    teams = [dict(_team("storefront"), name="media-eu"), _team("media"), _team("storefront")]
    single = {"layers": ["platform", "team"], "teams": teams, "registries": ["registry.example.com"], "team": None}
    cluster = {"kind": "contract", "stack": "organization/agent-platform/prod"}
    found = refused({**QUEUE, "name": "eu-orders", "team": "media"}, cluster=cluster, **single)
    (problem,) = [each for each in found if each.path.startswith("services")]
    assert problem.path == "services.0.name"
    assert "called media-eu-orders, as a service of team media-eu may be" in problem.reason


def test_services_belong_to_the_team_layer_and_to_aws(refused: Refused) -> None:
    cluster = {
        "kind": "kubeconfig",
        "kubeconfig": "k",
        "context": "c",
        "identifier": "c",
        "zones": ["a"],
        "nodePools": [],
    }
    found = refused(CACHE, layers=["platform"], cluster=cluster)
    assert any("services belongs to the team layer" in problem.reason for problem in found)
    assert any("services are made in AWS" in problem.reason for problem in found)


def test_everything_that_is_wrong_is_said_at_once_with_what_to_do(refused: Refused) -> None:
    found = refused(
        {**CACHE, "nodeType": "big"},
        {"kind": "tabel", "name": "x"},
        {**QUEUE, "name": "q", "visibilitySeconds": 0},
        {**DATABASE, "name": "d", "multiAz": False},
        {**BUCKET, "name": "d"},
    )
    assert sorted(problem.path for problem in found) == [
        "",
        "",
        "services.0.nodeType",
        "services.1",
        "services.2.visibilitySeconds",
    ]
    assert all(problem.fix for problem in found)


def test_sizes_are_told_by_family() -> None:
    assert next(families(CACHE_NODES)) == "cache.t4g (micro, small, medium)"
    assert set(AURORA) < set(DATABASES)
    assert all(len(set(types)) == len(types) for types in (CACHE_NODES, BROKERS, DATABASES))


def test_defaults_are_sizes_that_exist() -> None:
    assert Cache.model_fields["node_type"].default in CACHE_NODES
    assert Stream.model_fields["broker_type"].default in BROKERS
    assert Database.model_fields["instance_type"].default in AURORA
