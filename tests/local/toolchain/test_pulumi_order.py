"""Where the Pulumi CLI comes from: PATH, else the official download, else a build."""

import hashlib
import io
import socket
import tarfile
from pathlib import Path

import pytest

from local.toolchain import download, ensure, pulumi_cli
from local.toolchain.modules import PULUMI, host_architecture, host_os
from tests.local.conftest import FakeGo, Mirror

VERSION = PULUMI.version.removeprefix("v")
ARCHIVE = f"pulumi-v{VERSION}-{host_os()}-{ {'amd64': 'x64'}.get(host_architecture(), host_architecture()) }.tar.gz"


def write_program(path: Path, says: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)


def release(programs: tuple[str, ...] = ("pulumi", "pulumi-language-python")) -> bytes:
    """Return an archive like the official one."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for program in programs:
            body = b"#!/bin/sh\n"
            entry = tarfile.TarInfo(f"pulumi/{program}")
            entry.size, entry.mode = len(body), 0o755
            archive.addfile(entry, io.BytesIO(body))
    return content.getvalue()


def publish(mirror: Mirror, archive: bytes, digest: str | None = None) -> None:
    mirror.files[ARCHIVE] = archive
    digest = digest or hashlib.sha256(archive).hexdigest()
    mirror.files[f"pulumi-{VERSION}-checksums.txt"] = f"{'0' * 64}  other.tar.gz\n{digest}  {ARCHIVE}\n".encode()


def test_a_new_enough_pulumi_with_its_language_host_is_taken_from_path(tmp_path: Path) -> None:
    write_program(tmp_path / "pulumi", "v3.250.1")
    write_program(tmp_path / "pulumi-language-python")
    found, _ = pulumi_cli.on_path(str(tmp_path))
    assert found is not None
    assert found.folders == (tmp_path,)
    assert "3.250.1" in found.origin


def test_a_pulumi_without_its_language_host_is_passed_over_and_said_so(tmp_path: Path) -> None:
    write_program(tmp_path / "pulumi", "v3.250.1")
    found, reason = pulumi_cli.on_path(str(tmp_path))
    assert found is None
    assert "has no pulumi-language-python beside it" in reason


def test_an_old_pulumi_is_passed_over_with_both_versions_named(tmp_path: Path) -> None:
    write_program(tmp_path / "pulumi", "v3.99.0")
    write_program(tmp_path / "pulumi-language-python")
    found, reason = pulumi_cli.on_path(str(tmp_path))
    assert found is None
    assert "3.99.0" in reason
    assert "3.220.0" in reason


def test_the_language_host_is_found_behind_a_link(tmp_path: Path) -> None:
    write_program(tmp_path / "real" / "pulumi", "v3.220.0")
    write_program(tmp_path / "real" / "pulumi-language-python")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "pulumi").symlink_to(tmp_path / "real" / "pulumi")
    found, _ = pulumi_cli.on_path(str(tmp_path / "links"))
    assert found is not None
    assert found.folders == (tmp_path / "real",)


def test_the_official_download_is_unpacked_when_its_checksum_matches(tmp_path: Path, mirror: Mirror) -> None:
    publish(mirror, release())
    found = pulumi_cli.downloaded(tmp_path, lambda _: None)
    assert (found.folders[0] / "pulumi").is_file()
    assert (found.folders[0] / "pulumi-language-python").is_file()


def test_a_download_is_not_fetched_again(tmp_path: Path, mirror: Mirror) -> None:
    publish(mirror, release())
    first = pulumi_cli.downloaded(tmp_path, lambda _: None)
    mirror.files.clear()
    assert pulumi_cli.downloaded(tmp_path, lambda _: None) == first


def test_a_download_with_another_checksum_is_refused_and_nothing_is_kept(tmp_path: Path, mirror: Mirror) -> None:
    publish(mirror, release(), digest="a" * 64)
    with pytest.raises(download.DownloadError, match=r"the release publishes a{64}"):
        pulumi_cli.downloaded(tmp_path, lambda _: None)
    assert not [entry for entry in tmp_path.iterdir() if entry.is_dir()]


def test_a_release_without_a_checksum_for_the_file_is_refused(tmp_path: Path, mirror: Mirror) -> None:
    publish(mirror, release())
    mirror.files[f"pulumi-{VERSION}-checksums.txt"] = b"\n"
    with pytest.raises(download.DownloadError, match="publishes no SHA-256"):
        pulumi_cli.downloaded(tmp_path, lambda _: None)


def test_a_missing_release_is_said_with_its_address(tmp_path: Path, mirror: Mirror) -> None:
    with pytest.raises(download.DownloadError, match=f"{mirror.url}.*404"):
        pulumi_cli.downloaded(tmp_path, lambda _: None)


def test_a_server_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AGENT_PLATFORM_PULUMI_DOWNLOADS", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(download.DownloadError, match="no answer within"):
            pulumi_cli.downloaded(tmp_path, lambda _: None)


def test_the_download_is_preferred_to_a_build(tmp_path: Path, mirror: Mirror, fake_go: FakeGo) -> None:
    publish(mirror, release())
    tools = ensure(tmp_path / "cache")
    assert "pulumi-v" in str(tools.path("pulumi"))
    assert "pulumi" not in fake_go.built


def test_without_a_download_pulumi_is_built_with_the_scripts_beside_its_language_host(
    tmp_path: Path, mirror: Mirror, fake_go: FakeGo, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = ensure(tmp_path / "cache")
    assert fake_go.built[:2] == ["pulumi", "pulumi-language-python"]
    host = tools.path("pulumi-language-python")
    for script in pulumi_cli.SCRIPTS:
        assert (host.parent / Path(script).name).stat().st_mode & 0o111
    assert "no official download" in capsys.readouterr().out
