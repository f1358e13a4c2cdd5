"""The one exception that commands turn into a short message and exit code 1."""


class LocalError(Exception):
    """A failure that the user can act on.

    `problem` says what is wrong, `remedy` what to do; `details` are lines that help to see why (a log's end).
    """

    def __init__(self, problem: str, remedy: str = "", details: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        return "\n".join(part for part in (self.problem, self.details, self.remedy) if part)


class StoppedError(LocalError):
    """Somebody interrupted it, or did not agree to it: nothing more is to be done."""
