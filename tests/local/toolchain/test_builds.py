"""Builds from the pinned modules: keyed by content, whole or not at all, resumed, and explained when they fail."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from local.failures import LocalError
from local.paths import Checkout
from local.toolchain import ensure, golang
from local.toolchain.modules import ETCD, HERE, KUBERNETES
from tests.local.conftest import FakeGo

ALL = [
    "pulumi",
    "pulumi-language-python",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubectl",
    "etcd",
    "kwok",
    "kwokctl",
    "metrics-server",
]


@pytest.fixture(autouse=True)
def no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_PLATFORM_PULUMI_DOWNLOADS", "http://127.0.0.1:9")


def test_a_second_run_builds_nothing(tmp_path: Path, fake_go: FakeGo) -> None:
    first = ensure(tmp_path / "cache")
    assert fake_go.built == ALL
    assert ensure(tmp_path / "cache") == first
    assert fake_go.built == ALL


def test_everything_go_writes_lies_in_the_cache_folder(tmp_path: Path, fake_go: FakeGo) -> None:
    ensure(tmp_path / "cache")
    folders = {word for line in fake_go.calls.read_text().splitlines() for word in line.split()[1:]}
    assert folders
    assert all(folder.startswith(str(tmp_path / "cache")) for folder in folders)


def test_a_failed_build_says_which_tool_why_and_what_to_do_and_a_rerun_resumes(
    tmp_path: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GO_FAILS_AT", "kwok")
    monkeypatch.setenv("FAKE_GO_SAYS", "write /x: no space left on device")
    with pytest.raises(LocalError) as failure:
        ensure(tmp_path / "cache")
    text = str(failure.value)
    assert "building kwok" in text
    assert "the disk is full" in text
    assert "no space left on device" in text
    assert str(tmp_path / "cache" / "logs" / "build-kwok.log") in text
    monkeypatch.delenv("FAKE_GO_FAILS_AT")
    before = len(fake_go.built)
    ensure(tmp_path / "cache")
    assert fake_go.built[before:] == ["kwok", "kwokctl", "metrics-server"]


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("dial tcp 10.0.0.1:443: i/o timeout", "module proxy could not be reached"),
        ("verifying module: checksum mismatch", "does not match its hash in go.sum"),
        ("compile: signal: killed", "memory ran out"),
        ("go.mod requires go >= 1.26.4 (running go 1.22.0)", "this Go is too old"),
    ],
)
def test_the_cause_of_a_failed_build_is_named(
    tmp_path: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch, output: str, cause: str
) -> None:
    monkeypatch.setenv("FAKE_GO_FAILS_AT", "pulumi")
    monkeypatch.setenv("FAKE_GO_SAYS", output)
    with pytest.raises(LocalError, match=cause):
        ensure(tmp_path / "cache")


def test_intermediate_files_go_when_all_tools_are_built_and_not_before(
    tmp_path: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    intermediate = tmp_path / "cache" / "go" / "build" / "00" / "package.a"
    intermediate.parent.mkdir(parents=True)
    intermediate.write_text("compiled")
    monkeypatch.setenv("FAKE_GO_FAILS_AT", "kwok")
    monkeypatch.setenv("FAKE_GO_SAYS", "interrupted")
    with pytest.raises(LocalError):
        ensure(tmp_path / "cache")
    assert intermediate.exists()
    monkeypatch.delenv("FAKE_GO_FAILS_AT")
    ensure(tmp_path / "cache")
    assert not intermediate.exists()


def test_remains_of_a_killed_build_are_cleared(tmp_path: Path, fake_go: FakeGo) -> None:
    go = golang.Go.find(tmp_path)
    assert go is not None
    remains = tmp_path / "tools" / f".{golang.build_key(ETCD, go)}.abc"
    remains.mkdir(parents=True)
    golang.build_tool(ETCD, go, tmp_path / "tools", lambda _: None)
    assert not remains.exists()


def test_two_runs_at_once_build_each_tool_once(
    tmp_path: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GO_SECONDS", "0.3")
    script = f"from pathlib import Path; from local.toolchain import ensure; ensure(Path({str(tmp_path / 'cache')!r}))"
    runs = [
        subprocess.Popen([sys.executable, "-c", script], cwd=Checkout.here().root, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    printed = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sorted(fake_go.built) == sorted(ALL)
    assert all("Kubernetes v1.35.4" in text for text in printed)


def test_the_key_changes_with_sources_sums_flags_and_go_release(tmp_path: Path) -> None:
    shutil.copytree(HERE / "etcd", tmp_path / "etcd")
    module = replace(ETCD, folder=tmp_path)
    go = golang.Go(tmp_path, "go", "go1.26")
    keys = [golang.build_key(module, go), golang.build_key(module, replace(go, release="go1.27"))]
    for name in ("go.mod", "go.sum"):
        with (tmp_path / "etcd" / name).open("a") as file:
            file.write("// changed\n")
        keys.append(golang.build_key(module, go))
    keys.append(golang.build_key(replace(module, version_symbols=("main.Version",)), go))
    assert len(set(keys)) == len(keys)


def test_kubernetes_is_told_its_pinned_version() -> None:
    flags = KUBERNETES.linker_flags()
    assert f"version.gitVersion={KUBERNETES.version}" in flags
    assert "version.gitMajor=1 " in flags
    assert flags.endswith("version.gitMinor=35")


def test_without_go_a_finished_build_still_serves(
    tmp_path: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = ensure(tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ensure(tmp_path / "cache") == built


def test_without_go_and_without_builds_the_user_is_told_to_install_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalError, match=r"Install Go 1\.21 or newer"):
        ensure(tmp_path / "cache")


def test_a_go_that_is_too_old_is_refused_with_its_version(
    tmp_path: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GO_VERSION", "go1.19.2")
    with pytest.raises(LocalError, match=r"go1\.19\.2, older than Go 1\.21"):
        ensure(tmp_path / "cache")


def test_a_go_that_is_too_old_does_no_harm_where_every_tool_is_built(
    tmp_path: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = ensure(tmp_path / "cache")
    monkeypatch.setenv("FAKE_GO_VERSION", "go1.19.2")
    assert ensure(tmp_path / "cache") == built
