"""What many tests share: the tools, and a control plane of their own beside the developer's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from local import commands
from local.control_plane import ControlPlane, Topology, start
from local.paths import Checkout, cache_folder
from local.toolchain import Tools, ensure

# The same examples in every run, so that a change is refused for its own faults only; `explore` draws new ones.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def tools() -> Tools:
    """Return the toolchain, fetched or built where it is missing."""
    return ensure(cache_folder())


@pytest.fixture(scope="session")
def control_plane(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Return a running control plane with the nodes of the local stack, for the whole run."""
    topology = Topology.of(commands.configuration(Checkout.here()).cluster)
    plane = start(tmp_path_factory.mktemp("control-plane"), tools, topology)
    yield plane
    plane.stop()


@pytest.fixture(scope="session")
def kubeconfig(control_plane: ControlPlane) -> Path:
    """Return the path of the control plane's kubeconfig."""
    return control_plane.kubeconfig
