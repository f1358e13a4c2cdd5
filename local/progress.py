"""Progress of long work: one line a step, with the time it has taken.

On a terminal the line is live; elsewhere (CI, a pipe) a plain line marks the start, every twenty seconds, and the end.
"""

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

console = Console(highlight=False, soft_wrap=True)
PLAIN_INTERVAL_SECONDS = 20.0


def say(text: str, style: str = "") -> None:
    """One line, never wrapped, with no markup read into it."""
    console.print(Text(text, style=style), soft_wrap=True)


def duration(seconds: float) -> str:
    """`0.4 s`, `41 s`, `4 min 10 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Step:
    """A step under way; `detail` says how far it is, `result` what the last line says instead of `done`."""

    def __init__(self, title: str, expectation: str = "", *, quiet_below: float = 0.0) -> None:
        self.title = title
        self.expectation = expectation
        self.result = "done"
        self.seconds = 0.0
        self._quiet_below = quiet_below
        self._detail = ""
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._status: Status | None = None
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def detail(self, text: str) -> None:
        """What is being done now; shown at the next beat."""
        self._detail = text

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        if console.is_terminal:
            self._status = console.status(self._line())
            self._status.start()
        elif not self._quiet_below:
            say(f"… {self.title}{f'  ({self.expectation})' if self.expectation else ''}")
        self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds = time.monotonic() - self._started
        self._ended.set()
        self._ticker.join()
        if self._status:
            self._status.stop()
        if kind is not None:
            say(f"✗ {self.title}  {'interrupted' if kind is KeyboardInterrupt else 'failed'}", "red")
        elif self.seconds >= self._quiet_below:
            say(f"✓ {self.title}  {self.result}  {duration(self.seconds)}")

    def _line(self) -> str:
        elapsed = duration(time.monotonic() - self._started)
        parts = [self.title, self._detail, f"{elapsed}{f' ({self.expectation})' if self.expectation else ''}"]
        return "  ".join(part for part in parts if part)

    def _tick(self) -> None:
        interval = 0.5 if self._status else PLAIN_INTERVAL_SECONDS
        while not self._ended.wait(interval):
            if self._status:
                self._status.update(Text(self._line()))
            else:
                say(self._line())
