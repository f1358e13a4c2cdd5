"""Failures as the engine wants them: a sentence, with what is secret struck out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import TypeVar

import grpc  # type: ignore[import-untyped] # it ships no type information

from local.providers import secrets
from local.providers.aws.failures import Refusal
from local.providers.aws.kind import Object

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


def answer(context: grpc.ServicerContext, action: Callable[[], _T], *bags: Object) -> _T:
    """What the action returns; its failure, with the secrets of the property bags struck out, ends the call."""
    try:
        return action()
    except Refusal as error:
        text = str(error)
    except Exception as error:  # noqa: BLE001 - the last resort between a defect and the person who runs Pulumi
        _LOG.debug("%s", secrets.redact(traceback.format_exc(), secrets.sensitive(*bags)))
        text = f"the offline aws provider failed: {type(error).__name__}: {error}"
    context.abort(grpc.StatusCode.UNKNOWN, secrets.redact(text, secrets.sensitive(*bags)))
    raise AssertionError
