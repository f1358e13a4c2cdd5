"""What the provider says while it works: log lines and the status column of the engine's display."""

from __future__ import annotations

import contextlib

import grpc  # type: ignore[import-untyped] # it ships no type information
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

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

    def voice(self, urn: str) -> Voice:
        """A voice for one resource."""
        return Voice(self, urn)

    def send(self, request: engine_pb2.LogRequest) -> None:
        """Deliver one message; an engine that is gone is no reason to fail."""
        if self._stub is not None:
            with contextlib.suppress(grpc.RpcError):
                self._stub.Log(request, timeout=5)


class Voice:
    """Messages about one resource; the same status twice in a row is sent once."""

    def __init__(self, engine: Engine, urn: str) -> None:
        self._engine = engine
        self._urn = urn
        self._last = ""

    def warn(self, message: str) -> None:
        """A lasting warning."""
        self._engine.send(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=self._urn))

    def inform(self, message: str) -> None:
        """A lasting remark."""
        self._engine.send(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, urn=self._urn))

    def status(self, message: str) -> None:
        """What is going on now, in the status column only."""
        if message != self._last:
            self._last = message
            request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, urn=self._urn, ephemeral=True)
            self._engine.send(request)

    def clear(self) -> None:
        """Empty the status column."""
        if self._last:
            self.status("")
