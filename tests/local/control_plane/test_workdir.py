"""What is settled about a control plane's folder before a process starts in it."""

from pathlib import Path

import pytest

from components.config.cluster import NodePool
from local.control_plane import ControlPlane, Topology
from local.failures import LocalError
from local.toolchain import Tools

POOL = {"name": "general", "instanceType": "m7i.large", "nodes": 1, "cpu": "4", "memory": "16Gi"}
TOPOLOGY = Topology(("a",), (NodePool.model_validate(POOL),))


def test_a_path_with_white_space_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    state = tmp_path / "my checkout" / ".local"
    with pytest.raises(LocalError) as refusal:
        ControlPlane(state).start(Tools((), "v1.35.4"), TOPOLOGY)
    assert str(state) in refusal.value.problem
    assert "Move the checkout to a path without spaces" in refusal.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_logs_lie_in_the_checkout_again_after_it_was_moved(tmp_path: Path) -> None:
    before, after = ControlPlane(tmp_path / "before"), ControlPlane(tmp_path / "after")
    before.logs.mkdir(parents=True)
    before._prepare_workdir()
    before.state.rename(after.state)
    after._prepare_workdir()
    link = after._workdir / "logs"
    assert link.resolve() == after.logs
    assert link.is_dir()
