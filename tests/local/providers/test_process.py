"""The plugin as a process: found, started, asked and ended as the engine does it."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc  # type: ignore[import-untyped] # it ships no type information
import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped] # likewise
from pulumi.runtime.proto import provider_pb2_grpc

PLUGIN = Path(__file__).resolve().parents[3] / "local" / "providers" / "bin" / "pulumi-resource-kubernetes"


@pytest.fixture(name="process")
def _process(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """The plugin, started through a link and from a folder that is not the checkout."""
    link = tmp_path / PLUGIN.name
    link.symlink_to(PLUGIN)
    process = subprocess.Popen([str(link)], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    yield process
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_it_serves_on_the_loopback_port_it_prints(process: "subprocess.Popen[str]") -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port(process)}") as channel:
        assert provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty()).version == "4.34.2"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_told_to(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    port(process)
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
