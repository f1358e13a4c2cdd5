"""The program's resources, noted by the SDK's mocks in place of an engine."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, Iterator
from typing import Any

from pulumi.runtime import mocks
from pulumi.runtime.stack import run_pulumi_func

from components.config.load import ROOT
from components.config.platform import PlatformConfig
from components.layers import build


class Recorder(mocks.Mocks):
    """Stands in for the engine: gives back inputs as outputs and notes every resource."""

    def __init__(self) -> None:
        self.made: list[mocks.MockResourceArgs] = []
        self.registered: dict[str, Any] = {}
        """The whole requests by URN, with the options of resources, which mocks don't hand on."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.made.append(args)
        return f"{args.name}-id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        raise AssertionError(f"the program asks {args.token}, but components never read anything")


class _Monitor(mocks.MockMonitor):
    """The mocks' monitor; it notes requests before it answers them."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self._registered = recorder.registered

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - protocol's name
        """Note the request, then answer it."""
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        self._registered[response.urn] = request
        return response


@contextlib.contextmanager
def recording(stack: str = "local", *, preview: bool) -> Iterator[Recorder]:
    """Give a recorder of a program that runs as a preview or as an up."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    made = Recorder()
    monitor = _Monitor(made)
    mocks.set_mocks(made, project="agent-platform", stack=stack, preview=preview, monitor=monitor)
    yield made
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    asyncio.set_event_loop(None)
    gc.collect()


def run(config: PlatformConfig) -> dict[str, Any]:
    """Run the program with a configuration and return its outputs."""
    outputs: dict[str, Any] = {}
    run_program(lambda: outputs.update(build(config, ROOT)))
    return outputs


def run_program(program: Callable[[], None]) -> None:
    """Run any program to its end."""
    asyncio.get_event_loop().run_until_complete(run_pulumi_func(program))
