"""A provider that is configured, with an inventory in a folder of its own."""

from pathlib import Path

import pytest

from local.providers.aws import CLUSTER_VARIABLE, FAULTS_VARIABLE, REHEARSAL_VARIABLE
from tests.local.aws.plugin import Plugin
from tests.local.aws.world import World


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the rehearsal's folder."""
    monkeypatch.setenv(REHEARSAL_VARIABLE, str(tmp_path / "rehearsal"))
    monkeypatch.delenv(FAULTS_VARIABLE, raising=False)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", CLUSTER_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "rehearsal"


@pytest.fixture
def plugin(folder: Path) -> Plugin:
    """Return a provider for one account and region."""
    return Plugin(folder)


@pytest.fixture
def world(plugin: Plugin) -> World:
    """Return an account that fills up as it is asked for things."""
    return World(plugin)
