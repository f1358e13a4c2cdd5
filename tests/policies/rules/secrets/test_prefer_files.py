"""secret-as-file."""

from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from policies.rules import RULES
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import KINDS, LISTS, container, owned, refused, spec, unjudged, with_container

RULE = "secret-as-file"


def holding(**fields: object) -> dict[str, Any]:
    return {**container("odd"), **fields}


def variable(reference: object) -> dict[str, Any]:
    return {"name": "A", "valueFrom": {"secretKeyRef": reference}}


def test_the_rule_is_advice() -> None:
    assert next(rule for rule in RULES if rule.name == RULE).level is EnforcementLevel.ADVISORY


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_secret_in_the_environment_is_told_in_every_list_of_every_kind(kind: str, where: str) -> None:
    changed = holding(
        env=[{"name": "B"}, variable({"name": "db", "key": "x"})], envFrom=[{"secretRef": {"name": "all"}}]
    )
    first, second = refused(RULE, owned(with_container(where, changed), kind))
    assert 'container "odd"' in first
    assert 'env[1].valueFrom.secretKeyRef puts Secret "db" into the environment. Fix: mount' in first
    assert 'envFrom[0].secretRef puts Secret "all" into the environment' in second


@pytest.mark.parametrize("kind", KINDS)
def test_other_sources_pass_in_every_kind(kind: str) -> None:
    changed = holding(
        env=[{"name": "A", "value": "x"}, {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}],
        envFrom=[{"configMapRef": {"name": "a"}}],
    )
    assert refused(RULE, owned(spec(containers=[changed]), kind)) == []


@pytest.mark.parametrize("name", [UNKNOWN, None, 7])
def test_a_secret_without_a_readable_name_is_told(name: object) -> None:
    (message,) = refused(RULE, owned(spec(containers=[holding(envFrom=[{"secretRef": {"name": name}}])])))
    assert "puts a Secret into" in message


def test_a_secret_name_is_not_shown() -> None:
    (message,) = refused(RULE, owned(spec(containers=[holding(env=[variable(Secret({"name": "hidden"}))])])))
    assert "hidden" not in message


@pytest.mark.parametrize(
    "changed", [holding(env=[variable(UNKNOWN)]), holding(envFrom=UNKNOWN), holding(env=[{"valueFrom": UNKNOWN}])]
)
def test_an_unknown_source_is_not_judged(changed: dict[str, Any]) -> None:
    assert len(unjudged(RULE, owned(spec(containers=[changed])))) == 1


@pytest.mark.parametrize("changed", [holding(env=[variable("db")]), holding(envFrom=["x"])])
def test_a_source_of_the_wrong_type_is_told(changed: dict[str, Any]) -> None:
    (message,) = refused(RULE, owned(spec(containers=[changed])))
    assert message.endswith(" where an object belongs. Fix: mount the Secret as a volume and read the file.")
