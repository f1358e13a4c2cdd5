"""The environment of the engine's processes."""

from pathlib import Path

import pytest

from local.engine import Engine
from local.paths import STACK, Checkout
from local.toolchain import Tools


def engine(root: Path, provider: Path | None = None) -> Engine:
    return Engine(Checkout(root), root / "cache", Tools((root / "tools",), "v1.35.4"), provider)


def test_state_cluster_and_plugins_stay_in_the_checkout_and_the_cache(tmp_path: Path) -> None:
    environment = engine(tmp_path).environment()
    assert environment["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/.local/pulumi"
    assert environment["KUBECONFIG"] == f"{tmp_path}/.local/kubeconfig"
    assert environment["PULUMI_HOME"] == f"{tmp_path}/cache/pulumi"


def test_a_plain_pulumi_up_obeys_the_policy_pack(tmp_path: Path) -> None:
    environment = engine(tmp_path).environment()
    assert environment["PULUMI_OPTION_POLICY_PACK"] == f"{tmp_path}/policies"
    assert environment["PULUMI_OPTION_POLICY_PACK_CONFIG"] == f"{tmp_path}/policies/config.local.json"
    assert environment["PULUMI_STACK"] == STACK


def test_the_projects_programs_come_before_the_callers(tmp_path: Path) -> None:
    path = engine(tmp_path).environment()["PATH"].split(":")
    assert path[:2] == [f"{tmp_path}/.venv/bin", f"{tmp_path}/tools"]


def test_the_offline_provider_is_on_path_only_where_it_is_used(tmp_path: Path) -> None:
    offline = tmp_path / "local/providers/bin"
    assert str(offline) in engine(tmp_path, offline).environment()["PATH"].split(":")
    assert str(offline) not in engine(tmp_path).environment()["PATH"].split(":")


def test_no_proxy_stands_between_the_engine_and_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    environment = engine(tmp_path).environment()
    assert environment["NO_PROXY"] == environment["no_proxy"] == "127.0.0.1,localhost"


def test_hosts_that_the_caller_spares_from_its_proxy_stay_spared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("no_proxy", "internal.example, localhost")
    environment = engine(tmp_path).environment()
    assert environment["NO_PROXY"] == environment["no_proxy"] == "internal.example,localhost,127.0.0.1"
