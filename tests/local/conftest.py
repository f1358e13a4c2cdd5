"""A `go` that builds scripts in no time, and a download server on loopback."""

import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

FAKE_GO = """#!{python}
import json, os, pathlib, sys, time

arguments = sys.argv[1:]
calls = pathlib.Path(os.environ["FAKE_GO_CALLS"])
if arguments[:2] == ["env", "GOVERSION"]:
    print(os.environ.get("FAKE_GO_VERSION", "go1.26.3"))
elif arguments[:2] == ["env", "GOENV"]:
    print("off")
elif arguments[:2] == ["mod", "download"]:
    sources = calls.parent / "sources"
    for script in ("cmd/pulumi-language-python-exec", "dist/pulumi-analyzer-policy-python",
                   "dist/pulumi-resource-pulumi-python"):
        (sources / "python" / script).parent.mkdir(parents=True, exist_ok=True)
        (sources / "python" / script).write_text("#!/bin/sh\\n")
    print(json.dumps({{"Dir": str(sources)}}))
elif arguments[0] == "build":
    target = pathlib.Path(arguments[arguments.index("-o") + 1])
    with calls.open("a") as log:
        print(target.name, os.environ["GOMODCACHE"], os.environ["GOCACHE"], os.environ["GOPATH"], file=log)
    if target.name == os.environ.get("FAKE_GO_FAILS_AT"):
        sys.exit(os.environ["FAKE_GO_SAYS"])
    time.sleep(float(os.environ.get("FAKE_GO_SECONDS", "0")))
    target.write_text("#!/bin/sh\\necho v3.220.0\\n")
    target.chmod(0o755)
"""


class FakeGo:
    """The fake's folder, and what it was asked to build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"

    @property
    def built(self) -> list[str]:
        """Names of the programs, in order."""
        if not self.calls.exists():
            return []
        return [line.split()[0] for line in self.calls.read_text().splitlines()]


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    """Return a PATH that holds nothing but the fake Go."""
    folder = tmp_path / "go-bin"
    folder.mkdir()
    go = folder / "go"
    go.write_text(FAKE_GO.format(python=sys.executable))
    go.chmod(0o755)
    fake = FakeGo(folder)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("FAKE_GO_CALLS", str(fake.calls))
    return fake


class Mirror:
    """Files to serve by path; any other path is a 404."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Serve downloads on loopback, in place of Pulumi's."""
    served: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = served.get(self.path.lstrip("/"))
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        mirror = Mirror(f"http://127.0.0.1:{server.server_address[1]}")
        mirror.files = served
        monkeypatch.setenv("AGENT_PLATFORM_PULUMI_DOWNLOADS", mirror.url)
        yield mirror
        server.shutdown()
        thread.join()
