"""Names of services, and of what AWS makes beside them: no two of a kind are called alike."""

from typing import Any

import pytest

from components.config.problems import Problem
from components.config.service_checks import check_services
from components.config.services import Service
from components.config.team import Team
from components.config.yaml_file import YamlFile
from tests.components.services.making import service

QUOTA = {"cpu": 20, "memory": "40Gi", "gpus": 4, "pods": 30}
ZONES = ("eu-central-1a", "eu-central-1b")
Options = dict[str, Any]
AURORA, REDIS = {"kind": "database", "engine": "aurora"}, {"kind": "cache", "engine": "redis"}
QUEUE, DATABASE, CACHE, BUCKET = ({"kind": kind} for kind in ("queue", "database", "cache", "bucket"))


def spec(name: str, options: Options, team: str | None = None) -> Service:
    return service(**{"name": name, "team": team, **options}).spec


def problems(*services: Service) -> list[Problem]:
    """Return what is wrong with services where three teams are, one of them called like another and more."""
    teams = [
        Team.model_validate({"name": name, "group": f"{name}-people", "quota": QUOTA})
        for name in ("storefront", "media", "media-jobs")
    ]
    file = YamlFile("Pulumi.prod.yaml", {}, {}, ())
    return list(check_services(services, None, teams, "eu-central-1", ZONES, file))


@pytest.mark.parametrize(
    ("options", "sibling", "called"),
    [
        (QUEUE, QUEUE, "own-dead-letters"),
        (QUEUE, {**QUEUE, "fifo": True}, "own-dead-letters"),
        (AURORA, DATABASE, "own-1"),
        (AURORA, AURORA, "own-2"),
        (REDIS, REDIS, "own-nobody"),
        (REDIS, CACHE, "own-nobody"),
    ],
)
def test_a_name_that_a_part_of_a_sibling_has_in_aws_is_refused(options: Options, sibling: Options, called: str) -> None:
    pair = [spec("own", options, "storefront"), spec(called, sibling, "storefront")]
    for order in (pair, pair[::-1]):
        (problem,) = problems(*order)
        assert problem.path == f"services.{order.index(pair[1])}.name"
        assert f"{pair[0].kind} own has something called {called} in AWS" in problem.reason
        assert problem.fix == "rename one of them"


@pytest.mark.parametrize(
    ("options", "sibling", "called"),
    [
        (QUEUE, BUCKET, "own-dead-letters"),
        (QUEUE, QUEUE, "own-letters"),
        (DATABASE, DATABASE, "own-1"),
        (AURORA, DATABASE, "own-3"),
        (CACHE, REDIS, "own-nobody"),
    ],
)
def test_a_name_that_no_part_of_a_sibling_has_is_taken(options: Options, sibling: Options, called: str) -> None:
    assert problems(spec("own", options, "storefront"), spec(called, sibling, "storefront")) == []


def test_teams_may_call_theirs_as_a_part_of_anothers_is_called() -> None:
    assert problems(spec("own", QUEUE, "storefront"), spec("own-dead-letters", QUEUE, "media")) == []


def test_a_part_is_not_called_as_a_service_of_another_team_may_be() -> None:
    assert problems(spec("jobs", BUCKET, "media")) == []
    (problem,) = problems(spec("jobs", QUEUE, "media"))
    assert problem.path == "services.0.name"
    assert "called media-jobs-dead-letters, as a service of team media-jobs may be" in problem.reason
