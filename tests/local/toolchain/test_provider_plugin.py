"""Which kubernetes provider runs, and the line that says so."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from local.failures import LocalError
from local.toolchain import provider_plugin

VERSION = metadata.version("pulumi-kubernetes")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.delenv(provider_plugin.CHOICE_VARIABLE, raising=False)
    monkeypatch.setattr(provider_plugin, "DOWNLOADS", "http://127.0.0.1:9")
    return {"PULUMI_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def install(environment: dict[str, str]) -> None:
    plugin = Path(environment["PULUMI_HOME"]) / "plugins" / f"resource-kubernetes-v{VERSION}"
    plugin.mkdir(parents=True)
    (plugin / provider_plugin.PROGRAM).write_text("")


def test_an_installed_official_plugin_is_used(tmp_path: Path, environment: dict[str, str]) -> None:
    install(environment)
    chosen = provider_plugin.choose(environment, tmp_path)
    assert chosen.folder is None
    assert chosen.line == f"kubernetes provider: official {VERSION}"


def test_a_plugin_on_path_is_used(tmp_path: Path, environment: dict[str, str]) -> None:
    program = tmp_path / "bin" / provider_plugin.PROGRAM
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    chosen = provider_plugin.choose(environment, tmp_path)
    assert chosen.folder is None
    assert str(program) in chosen.line


def test_the_offline_provider_is_used_where_the_official_cannot_be_had_and_says_why(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    chosen = provider_plugin.choose(environment, tmp_path / "offline")
    assert chosen.folder == tmp_path / "offline"
    assert chosen.line.startswith("kubernetes provider: offline (the official plugin could not be downloaded: http://")


def test_a_failed_download_is_not_tried_again_at_once(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = provider_plugin.choose(environment, tmp_path)
    monkeypatch.setattr(provider_plugin, "DOWNLOADS", "http://127.0.0.1:10")
    assert provider_plugin.choose(environment, tmp_path) == first


def test_a_failed_download_is_tried_again_after_a_day(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider_plugin.choose(environment, tmp_path)
    (refusal,) = Path(environment["PULUMI_HOME"]).glob("*.json")
    content = json.loads(refusal.read_text())
    refusal.write_text(json.dumps({**content, "at": content["at"] - provider_plugin.RETRY_SECONDS - 1}))
    monkeypatch.setattr(provider_plugin, "DOWNLOADS", "http://127.0.0.1:10")
    assert "127.0.0.1:10" in provider_plugin.choose(environment, tmp_path).line


def test_offline_can_be_forced(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    install(environment)
    monkeypatch.setenv(provider_plugin.CHOICE_VARIABLE, "offline")
    assert provider_plugin.choose(environment, tmp_path).folder == tmp_path


def test_official_can_be_forced_and_then_its_absence_is_an_error(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(provider_plugin.CHOICE_VARIABLE, "official")
    with pytest.raises(LocalError, match="could not be downloaded"):
        provider_plugin.choose(environment, tmp_path)


def test_an_unknown_choice_is_refused(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(provider_plugin.CHOICE_VARIABLE, "of course")
    with pytest.raises(LocalError, match="'of course'"):
        provider_plugin.choose(environment, tmp_path)


@pytest.mark.parametrize("linked", [False, True])
def test_an_offline_provider_of_any_checkout_on_path_is_not_the_official_plugin(
    tmp_path: Path, environment: dict[str, str], linked: bool
) -> None:
    offline = tmp_path / "other" / "local" / "providers" / "bin" / provider_plugin.PROGRAM
    official = tmp_path / "official" / provider_plugin.PROGRAM
    for program in (offline, official):
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    first = offline.parent
    if linked:
        first = tmp_path / "links"
        first.mkdir()
        (first / provider_plugin.PROGRAM).symlink_to(offline)
    alone = provider_plugin.choose({**environment, "PATH": str(first)}, tmp_path / "offline")
    assert alone.folder == tmp_path / "offline"
    followed = provider_plugin.choose({**environment, "PATH": f"{first}:{official.parent}"}, tmp_path / "offline")
    assert followed.folder is None
    assert str(official) in followed.line
