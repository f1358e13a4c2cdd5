"""`agentctl quotas`: what is compared with what, what is said where AWS can't be asked, and how it ends."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.quotas import account
from components.config.quotas import Quota
from tests.cli.conftest import Agentctl

ACCOUNT = "123456789012"
PLENTY = 10_000.0
FAKE = """#!{python}
import json, sys

answers = json.load(open({answers!r}))
arguments = sys.argv[1:]
open({calls!r}, "a").write(" ".join(arguments) + "\\n")
if arguments[:2] == ["sts", "get-caller-identity"]:
    if "account" not in answers:
        sys.exit("Unable to locate credentials")
    print(json.dumps({{"Account": answers["account"]}}))
else:
    code = arguments[arguments.index("--quota-code") + 1]
    value = answers["quotas"].get(code, answers["otherwise"])
    if value is None:
        sys.exit("NoSuchResourceException: no such quota")
    print(value if isinstance(value, str) else json.dumps({{"Quota": {{"Value": value}}}}))
"""


class Aws:
    """A stand-in for the AWS CLI: what it answers, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._answers, self._calls = folder / "answers.json", folder / "calls"
        program = folder / "aws"
        program.write_text(FAKE.format(python=sys.executable, answers=str(self._answers), calls=str(self._calls)))
        program.chmod(0o755)
        self.answer(ACCOUNT)

    def answer(self, account_id: str | None, quotas: dict[str, Any] | None = None, otherwise: Any = PLENTY) -> None:
        """Answer as an account with some quotas, and of every other the same."""
        identity = {"account": account_id} if account_id else {}
        self._answers.write_text(json.dumps({**identity, "quotas": quotas or {}, "otherwise": otherwise}))

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Return the stand-in, first on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return Aws(tmp_path)


@pytest.mark.usefixtures("aws")
def test_where_all_of_it_fits_the_table_says_so_and_the_end_is_well(agentctl: Agentctl) -> None:
    run = agentctl("quotas", "prod")
    assert run.code == 0
    head, *rows = run.out.splitlines()
    assert head.split() == ["quota", "needs", "default", "account"]
    assert any(row.startswith("Running On-Demand G and VT instances, vCPUs") for row in rows)
    assert all("10000" in row and "too small" not in row for row in rows)
    assert run.err == ""


def test_a_quota_that_is_too_small_is_named_with_the_command_that_asks_for_more(aws: Aws, agentctl: Agentctl) -> None:
    aws.answer(ACCOUNT, {Quota.G.code: 8.0})
    run = agentctl("quotas", "prod")
    assert run.code == 1
    assert run.out.count("too small") == 1
    assert "needed for group gpu" in run.err
    wanted = "--service-code ec2 --quota-code L-DB2E81BA --desired-value "
    assert f"aws service-quotas request-service-quota-increase {wanted}" in run.err
    assert run.err.rstrip().endswith("--region eu-central-1")


def test_every_quota_is_asked_where_it_is_kept(aws: Aws, agentctl: Agentctl) -> None:
    agentctl("quotas", "prod")
    asked = [call for call in aws.calls if call.startswith("service-quotas get-service-quota")]
    assert {call.split("--region ")[1].split()[0] for call in asked if "iam" in call} == {"us-east-1"}
    assert {call.split("--region ")[1].split()[0] for call in asked if "iam" not in call} == {"eu-central-1"}


@pytest.mark.parametrize(
    ("account_id", "said"),
    [(None, "AWS does not know you (Unable to locate credentials)"), ("999999999999", "credentials are of account 9")],
)
def test_without_credentials_of_its_account_the_defaults_stand_and_it_is_said(
    aws: Aws, agentctl: Agentctl, account_id: str | None, said: str
) -> None:
    aws.answer(account_id)
    run = agentctl("quotas", "prod")
    assert run.code == 1
    assert said in run.err
    assert "defaults of a new account stand here" in run.err
    assert all(row.split("  ")[-1].strip() in ("?", "too small") for row in run.out.splitlines()[1:])
    assert len(aws.calls) == 1


def test_without_the_aws_cli_the_defaults_stand_and_it_is_said(
    agentctl: Agentctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    run = agentctl("quotas", "dev")
    assert run.code == 1
    assert "the AWS CLI (`aws`) is not installed" in run.err


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "NoSuchResourceException"),
        ("no JSON", "an answer that is no JSON"),
        ("[]", "an answer of an unknown form"),
    ],
)
def test_a_quota_that_aws_does_not_tell_has_its_default_and_is_named(aws: Aws, value: str | None, said: str) -> None:
    aws.answer(ACCOUNT, {Quota.P.code: value})
    has = account.read([Quota.P, Quota.G], ACCOUNT, "eu-central-1")
    assert has.quotas == {Quota.G: PLENTY}
    assert Quota.P.title in has.note
    assert said in has.note


def test_programs_get_data(aws: Aws, agentctl: Agentctl) -> None:
    aws.answer(ACCOUNT, {Quota.G.code: 8.0})
    run = agentctl("quotas", "prod", "--json")
    found = {each["code"]: each for each in json.loads(run.out)}
    assert found["L-DB2E81BA"]["account"] == 8.0
    assert found["L-DB2E81BA"]["fits"] is False
    assert found["L-DB2E81BA"]["for"]
    assert found["L-0263D0A3"]["fits"] is True
    assert run.code == 1


def test_an_environment_outside_of_aws_needs_none(agentctl: Agentctl) -> None:
    assert agentctl("quotas", "local").code == 2
    run = agentctl("quotas", "prd")
    assert run.code == 2
    assert "Did you mean prod?" in run.err
