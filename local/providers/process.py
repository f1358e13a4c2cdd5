"""The process of an offline provider: it serves on a free loopback port, tells the engine which, and ends when told."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent import futures

import grpc  # type: ignore[import-untyped] # it ships no type information
from pulumi.runtime.proto import provider_pb2_grpc

from local.providers.messages import Engine
from local.providers.plugin import Plugin

_CALLS = 300
"""Calls served at once: more than any `--parallel`, since a call that waits holds its thread."""
_LIMIT = 400 * 1024 * 1024
_PARENT_CHECK = 2.0
"""Seconds between two looks at whether the engine is still there: a killed one can't say goodbye."""


def serve(arguments: list[str], make: Callable[[Engine], Plugin]) -> int:
    """Serve until the engine is done; the first argument that is no flag is the engine's address."""
    verbose = "-v" in arguments or any(os.environ.get(key) for key in ("PULUMI_DEBUG_COMMANDS", "PULUMI_DEBUG_GRPC"))
    logging.basicConfig(stream=sys.stderr, level=logging.DEBUG if verbose else logging.ERROR)
    address = next((argument for argument in arguments if not argument.startswith("-") and ":" in argument), None)
    server = grpc.server(
        futures.ThreadPoolExecutor(_CALLS, thread_name_prefix="call"),
        options=[("grpc.max_receive_message_length", _LIMIT), ("grpc.max_send_message_length", _LIMIT)],
    )
    servicer = make(Engine(address))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    parent = os.getppid()
    while not done.wait(_PARENT_CHECK) and os.getppid() == parent:
        pass
    servicer.stop()
    server.stop(grace=2).wait()
    return 0
