"""Fixtures of environments that keep data."""

from pathlib import Path

import pytest

from tests.components.aws_recording import Cloud
from tests.components.storage.making import list_names, recorded


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what an environment that keeps everything registers in a preview, then in an up."""
    return recorded(preview=request.param)


@pytest.fixture
def up() -> Cloud:
    return recorded(preview=False)


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pack know what the environment lists by name."""
    list_names(tmp_path, monkeypatch)
