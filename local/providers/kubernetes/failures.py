"""What can go wrong, as exceptions: the message of each is a sentence for the person who runs Pulumi."""

from __future__ import annotations

from local.providers.values import Object


class Refusal(Exception):  # noqa: N818 - what a person reads is a refusal, not an error of the program
    """A request this provider does not carry out; the message says why and what to do."""


class ApiError(Exception):
    """An answer of the API server that is not a success."""

    def __init__(self, code: int, status: Object) -> None:
        self.code = code
        self.reason = str(status.get("reason", ""))
        details = status.get("details")
        self.details: Object = details if isinstance(details, dict) else {}
        super().__init__(str(status.get("message") or f"HTTP {code}"))

    @property
    def causes(self) -> list[Object]:
        """The single complaints: reason, message, field."""
        found = self.details.get("causes")
        return found if isinstance(found, list) else []


class NoSuchKind(Exception):  # noqa: N818 - a finding, not always an error
    """The API server serves no such kind."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(f'no matches for kind "{kind}" in version "{api_version}"')


class Unreachable(Exception):  # noqa: N818 - a state of the cluster
    """The cluster can't be talked to."""


class NotReady(Exception):  # noqa: N818 - a state of the object
    """The object is there, and did not become what was waited for; `live` is its last known state."""

    def __init__(self, message: str, live: Object, reasons: list[str]) -> None:
        super().__init__(message)
        self.live = live
        self.reasons = reasons


class InitFailed(Exception):  # noqa: N818 - the engine's name for it
    """A resource that exists and has problems: the engine keeps it in state, with the reasons."""

    def __init__(self, identifier: str, state: Object, inputs: Object | None, reasons: list[str]) -> None:
        super().__init__(reasons[0])
        self.identifier = identifier
        self.state = state
        self.inputs = inputs
        self.reasons = reasons
