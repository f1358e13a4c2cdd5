"""Files, folders and standard input; whatever can't be read is a problem and not the end."""

import io
import os
import sys
from pathlib import Path

import pytest

from cli.pack import sources
from cli.pack.sources import Problem, Source, read_all


def problems(*names: str | Path) -> list[str]:
    return [each.text for each in read_all(map(str, names)) if isinstance(each, Problem)]


def test_files_are_read_once_and_in_order(tmp_path: Path) -> None:
    first, second = tmp_path / "b.txt", tmp_path / "a.yaml"
    first.write_text("1")
    second.write_text("2")
    again = str(tmp_path / "." / "b.txt")
    found = list(read_all([str(first), str(second), str(first), f"{tmp_path}/../{tmp_path.name}/b.txt", again]))
    assert found == [Source(str(first), "1"), Source(str(second), "2")]


def test_a_folder_is_walked_without_what_is_hidden_and_what_is_no_manifest(tmp_path: Path) -> None:
    for name in ("z.yaml", "b/x.yml", "a/y.json", "a/notes.md", ".git/c.yaml", "a/.hidden.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    found = list(read_all([str(tmp_path)]))
    assert found == [Source(str(tmp_path / name), name, named=False) for name in ("z.yaml", "a/y.json", "b/x.yml")]


def test_a_folder_without_manifests_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("")
    assert problems(tmp_path) == ["the folder holds no .yaml, .yml, .json file. Fix: name another."]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1")))
    assert list(read_all(["-"])) == [Source("stdin", "a: 1")]


def test_a_pipe_is_read(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.write(write, b"a: 1")
    os.close(write)
    assert list(read_all([f"/dev/fd/{read}"])) == [Source(f"/dev/fd/{read}", "a: 1")]
    os.close(read)


def test_utf_16_and_a_mark_of_utf_8_are_understood(tmp_path: Path) -> None:
    for index, encoding in enumerate(("utf-16", "utf-8-sig")):
        path = tmp_path / f"{index}.yaml"
        path.write_bytes("a: é".encode(encoding))
        assert list(read_all([str(path)])) == [Source(str(path), "a: é")]


def test_other_encodings_are_a_problem_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\nb: é".encode("latin-1"))
    (problem,) = read_all([str(path)])
    assert isinstance(problem, Problem)
    assert (problem.file, problem.line) == (str(path), 2)
    assert "save it as UTF-8" in problem.text


def test_what_is_missing_or_no_file_name_is_a_problem(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.yaml") == [
        "it can't be read: No such file or directory. Fix: check name and permissions."
    ]
    assert "can't be read" in problems("a\0b")[0]
    assert "can't be read" in problems("x" * 5000)[0]


def test_a_file_without_end_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 2**20)
    assert problems("/dev/zero") == ["it is larger than 1 MiB. Fix: split it."]
    exact = tmp_path / "a.yaml"
    exact.write_bytes(b"#" * 2**20)
    assert problems(exact) == []
