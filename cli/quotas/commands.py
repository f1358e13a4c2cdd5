"""`agentctl quotas`: names, options, help, and how needs are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import complain, print_json, print_rows, say
from cli.environment.commands import read_by_name
from cli.failures import WrongUseError
from cli.quotas import account

if TYPE_CHECKING:
    from components.config.eks import Eks
    from components.config.environment import StacksOfEnvironment
    from components.config.quotas import Need

Environment = Annotated[str, typer.Argument(help="The environment: dev for Pulumi.dev.yaml and what stands on it.")]
Json = Annotated[bool, typer.Option("--json", help="Print data for programs.")]


def quotas(environment: Environment, as_json: Json = False) -> None:
    """Show what an environment needs at most of its account's quotas, and what the account has.

    GPU quotas of a new account are 0, and an increase takes days: ask before you need it. What else runs in the account
    uses its quotas too, and nodes that are replaced stand beside the new ones for a while: ask for more than is needed.
    Values of the account are read by the AWS CLI; without it, or credentials, those of a new account stand in.

    Exit codes: 0 all of it fits, 1 something does not, 2 wrong use, 130 interrupted.
    """
    from components.config.quotas import needs

    found = read_by_name(environment)
    cluster = _cluster(found)
    fleets = tuple(fleet for stack in found.stacks for fleet in stack.fleets)
    needed = needs(cluster, fleets, len(found.agents))
    has = account.read([each.quota for each in needed], cluster.account_id, cluster.region)
    if as_json:
        print_json([_data(need, cluster.region, has) for need in needed])
    else:
        _print(needed, has)
    _end([need for need in needed if need.amount > _limit(need, has)], cluster.region)


def _cluster(found: StacksOfEnvironment) -> Eks:
    from components.config.eks import Eks

    cluster = found.first.cluster
    if not isinstance(cluster, Eks):
        raise WrongUseError(f"{found.name} makes no cluster in AWS, so that it needs no quotas there")
    return cluster


def _limit(need: Need, has: account.Account) -> float:
    return has.quotas.get(need.quota, need.quota.default)


def _print(needed: tuple[Need, ...], has: account.Account) -> None:
    rows = [
        (
            need.quota.title,
            _number(need.amount),
            _number(need.quota.default),
            _number(has.quotas[need.quota]) if need.quota in has.quotas else "?",
            "" if need.amount <= _limit(need, has) else "too small",
        )
        for need in needed
    ]
    print_rows(("quota", "needs", "default", "account", ""), rows)
    if has.note:
        say(f"note: {has.note}", aside=True)


def _data(need: Need, region: str, has: account.Account) -> dict[str, object]:
    return {
        "service": need.quota.service,
        "code": need.quota.code,
        "name": need.quota.title,
        "region": need.quota.region(region),
        "needs": need.amount,
        "for": list(need.reasons),
        "default": need.quota.default,
        "account": has.quotas.get(need.quota),
        "fits": need.amount <= _limit(need, has),
    }


def _end(short: list[Need], region: str) -> None:
    """Say what to ask for, and end with the exit code."""
    for need in short:
        complain(f"\n{need.quota.title}: {_number(need.amount)} needed for {'; '.join(need.reasons)}. Ask for it:")
        say(
            f"  aws service-quotas request-service-quota-increase --service-code {need.quota.service} "
            f"--quota-code {need.quota.code} --desired-value {_number(need.amount)} "
            f"--region {need.quota.region(region)}",
            aside=True,
        )
    if short:
        raise SystemExit(1)


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "") if value == int(value) else f"{value:g}"
