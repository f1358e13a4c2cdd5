"""Failures as the engine wants them: a sentence, and for an object that exists, the state to keep."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import grpc  # type: ignore[import-untyped] # it ships no type information
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import status_pb2

from local.providers import secrets
from local.providers.kubernetes.failures import ApiError, InitFailed, NoSuchKind, Refusal, Unreachable
from local.providers.values import Object, encode

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


class _Status(grpc.Status):  # type: ignore[misc] # likewise
    """A failure with details."""

    def __init__(self, message: str, details: bytes) -> None:
        self.code = grpc.StatusCode.UNKNOWN
        self.details = message
        self.trailing_metadata = (("grpc-status-details-bin", details),)


def answer(context: grpc.ServicerContext, action: Callable[[], _T], *bags: Object) -> _T:
    """What the action returns; its failure, with the secrets of the property bags struck out, ends the call."""
    try:
        return action()
    except InitFailed as error:
        _init_failed(context, error, secrets.sensitive(*bags))
    except (Refusal, ApiError, NoSuchKind, Unreachable) as error:
        _fail(context, secrets.redact(str(error), secrets.sensitive(*bags)))
    except Exception as error:  # noqa: BLE001 - the last resort between a defect and the person who runs Pulumi
        hidden = secrets.sensitive(*bags)
        _LOG.debug("%s", secrets.redact(traceback.format_exc(), hidden))
        text = secrets.redact(str(error), hidden)
        _fail(context, f"the offline kubernetes provider failed: {type(error).__name__}: {text}")


def _fail(context: grpc.ServicerContext, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError


def _init_failed(context: grpc.ServicerContext, error: InitFailed, hidden: frozenset[str]) -> NoReturn:
    reasons = [secrets.redact(reason, hidden) for reason in error.reasons]
    detail = proto.ErrorResourceInitFailed(
        id=error.identifier,
        properties=encode(error.state),
        reasons=reasons,
        inputs=encode(error.inputs) if error.inputs is not None else None,
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reasons[0])
    status.details.add().Pack(detail)
    context.abort_with_status(_Status(reasons[0], status.SerializeToString()))
    raise AssertionError


def refuse(context: grpc.ServicerContext, message: str) -> Any:
    """End the call with a sentence."""
    _fail(context, message)
