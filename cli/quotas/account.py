"""What an account's quotas are, by the AWS CLI: whoever runs it has it and its credentials, or the defaults stand."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from components.config.quotas import Quota

_SECONDS = 30
_AT_ONCE = 8


@dataclass(frozen=True)
class Account:
    """What is known of an account.

    Attributes:
        quotas: the values that could be read.
        note: why some, or all, could not be; empty if all could.
    """

    quotas: dict[Quota, float]
    note: str = ""


def read(wanted: Sequence[Quota], account_id: str, region: str) -> Account:
    """Ask AWS for an account's quotas; whatever it does not tell is left out, and said.

    Args:
        wanted: which.
        account_id: the account; credentials of another one are not asked.
        region: the environment's.
    """
    program = shutil.which("aws")
    if program is None:
        return Account({}, "the AWS CLI (`aws`) is not installed, so that the defaults of a new account stand here")
    identity = _ask(program, "sts", "get-caller-identity")
    if not isinstance(identity, dict):
        return Account({}, f"AWS does not know you ({identity}), so that the defaults of a new account stand here")
    if identity.get("Account") != account_id:
        reason = f"your credentials are of account {identity.get('Account')}, and the environment is in {account_id}"
        return Account({}, f"{reason}, so that the defaults of a new account stand here")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = dict(zip(wanted, pool.map(lambda each: _value(program, each, region), wanted), strict=True))
    silent = [f"{quota.title} ({answer})" for quota, answer in answers.items() if isinstance(answer, str)]
    note = f"AWS does not tell these, so that their defaults stand: {'; '.join(silent)}" if silent else ""
    return Account({quota: answer for quota, answer in answers.items() if isinstance(answer, float)}, note)


def _value(program: str, quota: Quota, region: str) -> float | str:
    """Return a quota's value, or why it is not known."""
    name = ("--service-code", quota.service, "--quota-code", quota.code, "--region", quota.region(region))
    answer = _ask(program, "service-quotas", "get-service-quota", *name)
    if isinstance(answer, str):
        return answer
    value = (answer.get("Quota") or {}).get("Value")
    return float(value) if isinstance(value, int | float) else "an answer without a value"


def _ask(program: str, *arguments: str) -> dict[str, Any] | str:
    """Return what AWS answers, or in a few words why it does not."""
    command = [program, *arguments, "--output", "json"]
    try:
        finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no answer in {_SECONDS} seconds"
    except OSError as error:
        return error.strerror or "it can't be run"
    if finished.returncode:
        lines = [line for line in finished.stderr.splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"exit code {finished.returncode}"
    try:
        answer = json.loads(finished.stdout)
    except ValueError:
        return "an answer that is no JSON"
    return answer if isinstance(answer, dict) else "an answer of an unknown form"
