"""How many ranges may be named as clients, of an edge and of a fleet: as many as a security group has rules."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.components.edge import making
from tests.components.edge.making import INTERNAL, WORLD
from tests.components.vm_fleet.making import settings as fleet


def public(count: int) -> list[str]:
    return [f"203.0.113.{n}/32" for n in range(count)]


def private(count: int) -> list[str]:
    return [f"10.{n}.0.0/16" for n in range(count)]


def clients_of(entry: dict[str, Any]) -> list[str]:
    found: list[str] = making.settings(entry=entry).plain()["entry"]["clients"]
    return found


def fixes(error: ValidationError) -> list[str]:
    return [str(each["ctx"]["error"].fix) for each in error.errors()]


@pytest.mark.parametrize(("entry", "ranges"), [(INTERNAL, private), (WORLD, public)], ids=["internal", "public"])
def test_an_entry_has_no_more_clients_than_a_security_group_has_rules(entry: dict[str, Any], ranges: Any) -> None:
    assert len(clients_of({**entry, "clients": ranges(60)})) == 60
    with pytest.raises(ValidationError, match="names 61 ranges") as caught:
        making.settings(entry={**entry, "clients": ranges(61)})
    assert fixes(caught.value) == ["name a wider range in place of several, at most 60"]


def test_a_fleet_that_answers_plain_http_too_needs_two_rules_for_each_of_them() -> None:
    assert len(fleet(clients=private(30)).clients) == 30
    with pytest.raises(ValidationError, match="names 31 ranges") as caught:
        fleet(clients=private(31))
    assert fixes(caught.value) == ["name a wider range in place of several, at most 30, or set redirectHttp: false"]


def test_a_fleet_that_answers_https_alone_has_room_for_twice_as_many() -> None:
    assert len(fleet(clients=private(60), redirectHttp=False).clients) == 60
    with pytest.raises(ValidationError, match="names 61 ranges") as caught:
        fleet(clients=private(61), redirectHttp=False)
    assert fixes(caught.value) == ["name a wider range in place of several, at most 60"]


def test_a_range_that_is_named_twice_counts_once() -> None:
    assert len(fleet(clients=[*private(30), *private(30)]).clients) == 30
    assert len(clients_of({**INTERNAL, "clients": [*private(60), *private(1)]})) == 60
