"""Faults on demand: the plan of a test, and what AWS and the network do when it strikes.

The plan is a JSON file, named by `AGENT_PLATFORM_AWS_FAULTS`:

    [{"fault": "throttle", "operation": "create", "type": "aws:ec2/*", "name": "*", "times": 3}, …]

`fault` is one of `latency` (`seconds` before the call), `throttle` (tried again, up to the provider's limit), `error`
(a 5xx answer that is not tried again; `code` and `message` may say which), `lost-reply` (done, and the answer lost),
`kill` (the plugin's process ends, `when` is `before` or `after` the change). Left out, `operation`, `type` and `name`
match anything, and `times` is 1. How often each has struck is counted in the inventory, over all processes and runs.
"""

from __future__ import annotations

import fnmatch
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from local.providers.aws import FAULTS_VARIABLE
from local.providers.aws.failures import AwsError, LostReply, Refusal
from local.providers.aws.inventory import Inventory

ATTEMPTS = 25
"""The official provider's default for `maxRetries`."""


class Fault(BaseModel):
    """One rule of the plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: str = Field(pattern="^(latency|throttle|error|lost-reply|kill)$")
    operation: str = "*"
    type: str = "*"
    name: str = "*"
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=0.0, ge=0)
    code: str = "InternalFailure"
    message: str = "An internal error has occurred"
    when: str = Field(default="before", pattern="^(before|after)$")

    def matches(self, operation: str, token: str, name: str) -> bool:
        """Whether it is meant for this call."""
        pairs = ((operation, self.operation), (token, self.type), (name, self.name))
        return all(fnmatch.fnmatchcase(value, pattern) for value, pattern in pairs)


class Faults:
    """The plan, with its count."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._plan = _read()

    def before(self, operation: str, token: str, name: str) -> None:
        """What happens to a call on its way to AWS."""
        throttled = 0
        while True:
            fault = self._next(operation, token, name, ("latency", "throttle", "error", "kill"), "before")
            if fault is None:
                return
            if fault.fault == "error":
                raise AwsError(fault.code, fault.message)
            if fault.fault == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            throttled += fault.fault == "throttle"
            if throttled >= ATTEMPTS:
                raise AwsError("Throttling", f"Rate exceeded; gave up after {ATTEMPTS} attempts")
            time.sleep(fault.seconds)

    def after(self, operation: str, token: str, name: str) -> None:
        """What happens to the answer on its way back."""
        fault = self._next(operation, token, name, ("lost-reply", "kill"), "after")
        if fault is None:
            return
        if fault.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise LostReply(
            f"RequestError: send request failed: connection reset by peer, while waiting for the answer to {operation} "
            f"{token}. AWS may have done it; look there before running again"
        )

    def _next(self, operation: str, token: str, name: str, faults: tuple[str, ...], when: str) -> Fault | None:
        """The first rule that matches and has not struck as often as it may; counted as struck."""
        for number, fault in enumerate(self._plan):
            is_now = fault.fault in faults and (fault.fault != "kill" or fault.when == when)
            if is_now and fault.matches(operation, token, name):
                with self._inventory.transaction() as transaction:
                    if transaction.count_fault(f"{number} {fault.model_dump_json()}") < fault.times:
                        return fault
        return None


def _read() -> list[Fault]:
    chosen = os.environ.get(FAULTS_VARIABLE)
    if not chosen:
        return []
    try:
        plan: Any = json.loads(Path(chosen).read_text(encoding="utf-8"))
        return TypeAdapter(list[Fault]).validate_python(plan)
    except (OSError, ValueError, ValidationError) as error:
        raise Refusal(f"the fault plan {chosen} ({FAULTS_VARIABLE}) can't be used: {error}") from None
