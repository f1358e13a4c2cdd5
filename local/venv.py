"""Make .venv from requirements.lock, or do nothing if it is made from exactly that file.

Run by make with the system's Python: no import of this project or of an installed package, and nothing that
Python 3.6 can't read, so that an old one gets a sentence instead of a syntax error. A run that was interrupted
leaves no stamp, and the next one finishes its work; of two at once the second waits for the first.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "made-from"
PROJECT = ROOT / "pyproject.toml"
COMMAND = VENV / "bin" / "agentctl"
BUSY = ROOT / ".local" / "venv.lock"
RELEASE = "{}.{}".format(*sys.version_info[:2])
OLDEST = (3, 11)
PLAIN_INTERVAL_SECONDS = 15


def fail(problem: str, remedy: str, details: str = "") -> None:
    """Say what is wrong and what to do, and end."""
    for line in (details, f"error: {problem}", remedy):
        if line:
            sys.stderr.write(f"{line}\n")
    sys.exit(1)


def cache_folder() -> Path:
    """The project's cache folder; the same rule as in paths.py, which an old Python can't import."""
    chosen = os.environ.get("AGENT_PLATFORM_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "agent-platform"


def wanted() -> str:
    """What a finished environment is made from: the lock's content, the release of Python, and its own place."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{digest} python{RELEASE} {VENV}"


def starts() -> bool:
    """Whether the environment's Python and its pip start."""
    return release() != ""


def release() -> str:
    """The release of the environment's Python, or nothing if it or its pip does not start."""
    script = "import pip, sys; print('{}.{}'.format(*sys.version_info[:2]))"
    try:
        asked = subprocess.run(
            [str(PYTHON), "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return ""
    return "" if asked.returncode else asked.stdout.decode().strip()


def unfit() -> str:
    """Why an existing environment can't be kept, or nothing. Its scripts name the place it was made at."""
    found = release()
    if not found:
        return "its Python or its pip does not start"
    if found != RELEASE:
        return f"it is of Python {found}, and {sys.executable} is {RELEASE}"
    pip = VENV / "bin" / "pip"
    start = pip.read_text(encoding="utf-8", errors="replace") if pip.is_file() else ""
    if not re.match("(#!|#!/bin/sh\n'''exec' \"?)" + re.escape(str(PYTHON)), start):
        return f"it was made at another place than {VENV}"
    return ""


def is_current(stamp: str) -> bool:
    """Whether .venv is finished, made from this lock, and still starts."""
    if PROJECT.exists() and not COMMAND.exists():
        return False
    try:
        return STAMP.read_text(encoding="utf-8") == stamp and starts()
    except OSError:
        return False


def check_python() -> None:
    """Refuse a Python that can't make the environment, with the sentence that helps."""
    found, oldest = (".".join(map(str, version)) for version in (sys.version_info[:2], OLDEST))
    if sys.version_info < OLDEST:
        fail(
            f"{sys.executable} is Python {found}; {oldest} or newer is needed.",
            "Install it, or name one that is there: make PYTHON=python3.12 <target>",
        )
    missing = [name for name in ("ensurepip", "venv") if not _has(name)]
    if missing:
        fail(
            f"{sys.executable} has no module {missing[0]}, so it can't make a virtual environment.",
            "Debian and Ubuntu have it in the package python3-venv; elsewhere install a complete Python.",
        )


def _has(module: str) -> bool:
    try:
        __import__(module)
    except ImportError:
        return False
    return True


def make() -> None:
    """Make .venv unless it is there and fit; says why one that is there is not."""
    if VENV.exists():
        reason = unfit()
        if not reason:
            return
        sys.stdout.write(f"making .venv anew: {reason}\n")
        sys.stdout.flush()
    if VENV.is_symlink():  # what it leads to belongs to others
        VENV.unlink()
    shutil.rmtree(str(VENV), ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode:
        shutil.rmtree(str(VENV), ignore_errors=True)
        fail(
            f"`{sys.executable} -m venv .venv` failed.",
            "Debian and Ubuntu need the package python3-venv; else see the lines above. Then run the command again.",
            made.stdout.decode(errors="replace").strip(),
        )


def install() -> None:
    """Install the locked packages, with a count of those that pip has dealt with."""
    total = sum("==" in line and line[0] not in " #" for line in LOCK.read_text(encoding="utf-8").splitlines())
    cache = cache_folder()
    log_file = cache / "logs" / "pip.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--disable-pip-version-check", "--no-input"]
    command += ["--cache-dir", str(cache / "pip"), "-r", str(LOCK)]
    progress = Progress(total)
    with log_file.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for raw in process.stdout or ():
            line = raw.decode(errors="replace")
            log.write(line)
            progress.hear(line)
    if process.wait():
        progress.end("failed")
        fail(
            "pip could not install the packages of requirements.lock.",
            f"Check the network and `pip config list`, then run the command again; what is downloaded is kept.\n"
            f"Full log: {log_file}",
            "\n".join(log_file.read_text(encoding="utf-8").splitlines()[-12:]),
        )
    progress.end(f"{total} packages")


def install_command() -> None:
    """Install `agentctl`, which runs from this checkout: without network, built by the locked setuptools."""
    if not PROJECT.exists():
        return
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        fail(
            "pip could not install the command agentctl.",
            "See the lines above. `.venv/bin/python -m cli` is the same command.",
            "\n".join(done.stdout.decode(errors="replace").splitlines()[-12:]),
        )


class Progress:
    """One line that is rewritten on a terminal; elsewhere a line now and then."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.started = time.time()
        self.shown = 0.0
        self.live = sys.stdout.isatty()

    def hear(self, line: str) -> None:
        """Take in a line of pip's output."""
        words = line.split()
        if words[:1] in (["Collecting"], ["Requirement"]):
            self.done = min(self.done + 1, self.total)
            package = words[1 if words[0] == "Collecting" else 3].split("==")[0]
            self._show(f"{self.done} of {self.total}  {package}")
        elif words[:1] == ["Installing"]:
            self.shown = 0.0
            self._show("installing")

    def end(self, text: str) -> None:
        """Write the last line."""
        self._write(f"Python packages  {text}  {time.time() - self.started:.0f} s\n")

    def _show(self, text: str) -> None:
        now = time.time()
        if self.live or now - self.shown > PLAIN_INTERVAL_SECONDS:
            self.shown = now
            self._write(f"Python packages  {text}  {now - self.started:.0f} s" + ("" if self.live else "\n"))

    def _write(self, line: str) -> None:
        sys.stdout.write(f"\r\033[K{line}" if self.live else line)
        sys.stdout.flush()


@contextlib.contextmanager
def alone() -> "Iterator[None]":
    """Hold the lock of .venv; the system frees it when its holder ends, however it ends."""
    BUSY.parent.mkdir(parents=True, exist_ok=True)
    with BUSY.open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stdout.write("waiting for another command of this checkout that makes .venv; Ctrl-C gives up\n")
            sys.stdout.flush()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Bring .venv to requirements.lock."""
    stamp = wanted()
    if is_current(stamp):
        return
    check_python()
    with alone():
        if is_current(stamp):
            return
        make()
        install()
        install_command()
        draft = STAMP.with_name("made-from.new")
        draft.write_text(stamp, encoding="utf-8")
        draft.replace(STAMP)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("interrupted.", "Run the command again: it finishes the environment.")
