"""What one provider resource says: region, default tags, and which accounts it may act in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.providers.aws import REHEARSAL_VARIABLE
from local.providers.aws.failures import Refusal
from local.providers.aws.kind import Object

_PREFIX = "aws:config:"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_ACCOUNT = re.compile(r"\d{12}")
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
REHEARSED_ACCOUNT = "123456789012"
"""The account of a provider that allows any: the one AWS's documentation uses for examples."""


@dataclass(frozen=True)
class Settings:
    """A provider's configuration, read and judged."""

    region: str
    account: str
    default_tags: dict[str, str] = field(default_factory=dict)
    ignored_tags: frozenset[str] = frozenset()

    @property
    def partition(self) -> str:
        """The part of AWS the region is in, as ARNs name it."""
        for start, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(start):
                return partition
        return "aws"


def folder() -> Path:
    """Where the rehearsal keeps its inventory."""
    chosen = os.environ.get(REHEARSAL_VARIABLE)
    if not chosen:
        raise Refusal(
            "this is the offline aws provider, which rehearses and makes nothing in AWS, and no rehearsal was asked "
            f"for. To rehearse, set {REHEARSAL_VARIABLE} to a folder for its inventory; to deploy for real, take "
            "`local/providers/aws/bin` off PATH and run `pulumi plugin install resource aws`"
        )
    return Path(chosen)


def read(variables: Mapping[str, str]) -> Settings:
    """The settings in the engine's configuration variables."""
    given = {key.removeprefix(_PREFIX): _parsed(value) for key, value in variables.items()}
    wrong = failures(given)
    if wrong:
        raise Refusal("; ".join(f"{key}: {reason}" for key, reason in wrong))
    allowed = given.get("allowedAccountIds") or []
    tags = (given.get("defaultTags") or {}).get("tags") or {}
    ignored = (given.get("ignoreTags") or {}).get("keys") or []
    return Settings(
        _region(given),
        allowed[0] if allowed else REHEARSED_ACCOUNT,
        {str(k): str(v) for k, v in tags.items()},
        frozenset(ignored),
    )


def failures(given: Object) -> list[tuple[str, str]]:
    """What is wrong with a provider's inputs: property and reason; what is not known yet is not judged."""
    found = []
    region = _region(given)
    if not isinstance(region, str):
        region = ""
    elif not region:
        found.append(("region", "missing: set the provider's `region`, or aws:region in the stack's configuration"))
    elif not _REGION.fullmatch(region):
        found.append(("region", f"{region!r} is no AWS region: write it as in eu-central-1"))
    lists = {key: _parsed(given.get(key)) or [] for key in ("allowedAccountIds", "forbiddenAccountIds")}
    for key, accounts in lists.items():
        found += [
            (key, f"{account!r} is no account: write its twelve digits in quotes")
            for account in (accounts if isinstance(accounts, list) else [])
            if isinstance(account, str) and not _ACCOUNT.fullmatch(account)
        ]
    if lists["allowedAccountIds"] and lists["forbiddenAccountIds"]:
        found.append(("forbiddenAccountIds", "conflicts with allowedAccountIds: keep one of the two"))
    elif isinstance(lists["forbiddenAccountIds"], list) and REHEARSED_ACCOUNT in lists["forbiddenAccountIds"]:
        found.append(("forbiddenAccountIds", f"forbids {REHEARSED_ACCOUNT}, the account rehearsed in"))
    return found


def _region(given: Object) -> Any:
    return given.get("region") or next((os.environ[name] for name in _REGION_VARIABLES if os.environ.get(name)), "")


def _parsed(value: Any) -> Any:
    """Configuration variables hold what is not text as JSON."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
