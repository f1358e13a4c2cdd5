"""Ports are kept, and given up only to others."""

import socket
from pathlib import Path

from local.control_plane import ports


def test_every_role_gets_a_port_of_its_own(tmp_path: Path) -> None:
    chosen = ports.choose(tmp_path, {})
    assert set(chosen) == set(ports.ROLES)
    assert len(set(chosen.values())) == len(ports.ROLES)


def test_kept_ports_stay(tmp_path: Path) -> None:
    first = ports.choose(tmp_path, {})
    assert ports.choose(tmp_path, first) == first


def test_only_the_port_that_another_program_took_changes(tmp_path: Path) -> None:
    first = ports.choose(tmp_path, {})
    with socket.create_server(("127.0.0.1", first["etcd"])):
        second = ports.choose(tmp_path, first)
    assert {role for role in first if first[role] != second[role]} == {"etcd"}


def test_two_state_folders_start_at_different_ports(tmp_path: Path) -> None:
    one, other = ports.choose(tmp_path / "one", {}), ports.choose(tmp_path / "other", {})
    assert one != other


def test_a_damaged_ports_file_counts_as_none(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    for content in ("", "[]", '{"etcd": "x"}', "{"):
        file.write_text(content)
        assert ports.load(file) == {}
