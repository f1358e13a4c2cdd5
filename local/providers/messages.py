"""What the provider says while it works: log lines and the status column of the engine's display."""

from __future__ import annotations

import contextlib

import grpc  # type: ignore[import-untyped] # it ships no type information
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from local.providers import secrets
from local.providers.values import Object

_LIMIT = 400 * 1024 * 1024


class Engine:
    """The engine's side of the conversation; silent when there is none."""

    def __init__(self, address: str | None) -> None:
        self._stub: engine_pb2_grpc.EngineStub | None = None
        if address:
            self.attach(address)

    def attach(self, address: str) -> None:
        """Talk to the engine at this address from now on."""
        channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", _LIMIT)])
        self._stub = engine_pb2_grpc.EngineStub(channel)

    def voice(self, urn: str, *bags: Object) -> Voice:
        """A voice for one resource; what is secret in its property bags is struck out of all it says."""
        return Voice(self, urn, secrets.sensitive(*bags))

    def send(self, request: engine_pb2.LogRequest) -> None:
        """Deliver one message; an engine that is gone is no reason to fail."""
        if self._stub is not None:
            with contextlib.suppress(grpc.RpcError):
                self._stub.Log(request, timeout=5)


class Voice:
    """Messages about one resource; the same status twice in a row is sent once."""

    def __init__(self, engine: Engine, urn: str, hidden: frozenset[str]) -> None:
        self._engine = engine
        self._urn = urn
        self._hidden = hidden
        self._last = ""

    def warn(self, message: str) -> None:
        """A lasting warning."""
        self._say(engine_pb2.WARNING, message)

    def status(self, message: str) -> None:
        """What is going on now, in the status column only."""
        if message != self._last:
            self._last = message
            self._say(engine_pb2.INFO, message, ephemeral=True)

    def clear(self) -> None:
        """Empty the status column."""
        if self._last:
            self.status("")

    def _say(self, severity: engine_pb2.LogSeverity.ValueType, message: str, *, ephemeral: bool = False) -> None:
        text = secrets.redact(message, self._hidden)
        request = engine_pb2.LogRequest(severity=severity, message=text, urn=self._urn, ephemeral=ephemeral)
        self._engine.send(request)
