"""What services are called in AWS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.naming import called
from components.services import logs
from tests.components.services.making import site

NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)


def test_a_name_that_fits_is_the_plain_names() -> None:
    assert called("agents", "storefront", "sessions", most=40) == "agents-storefront-sessions"


@given(NAMES, NAMES, NAMES, st.integers(30, 80))
def test_no_name_is_longer_than_allowed_or_has_what_elasticache_and_rds_refuse(
    cluster: str, team: str, name: str, most: int
) -> None:
    found = called(cluster, team, name, most=most)
    assert len(found) <= most
    assert "--" not in found
    assert found[0].isalpha()
    assert found[-1].isalnum()


@pytest.mark.parametrize(("one", "other"), [("a" * 39 + "b", "a" * 39 + "c"), ("a--b", "a-b")])
def test_names_that_would_look_alike_stay_apart(one: str, other: str) -> None:
    assert called("agents", "shop", one, most=40) != called("agents", "shop", other, most=40)


def test_tags_say_whose_it_is_and_the_class_of_its_data_only_where_it_has_one() -> None:
    assert site().tags("x") == {"Name": "x", "team": "storefront"}


def test_the_key_lets_in_the_log_groups_of_this_cluster_and_no_other() -> None:
    patterns = logs.patterns("agents")
    names = [logs.of_stream("agents", "agents-shop-own")]
    names += [logs.of_database("agents-shop-own", aurora=aurora) for aurora in (True, False)]
    assert [any(_fits(name, pattern) for pattern in patterns) for name in names] == [True] * 3
    assert not any(_fits(logs.of_database("others-shop-own", aurora=False), pattern) for pattern in patterns)


def _fits(name: str, pattern: str) -> bool:
    start, _, end = pattern.partition("*")
    return name.startswith(start) and name.endswith(end)
