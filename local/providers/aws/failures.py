"""What goes wrong, as exceptions: the message of each is a sentence for the person who runs Pulumi."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - what a person reads is a refusal, not an error of the program
    """A request this provider does not carry out; the message says why and what to do."""


class AwsError(Refusal):
    """An answer of AWS that is not a success: its error code, and a sentence in AWS's words."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class LostReply(Refusal):
    """AWS did what was asked, and nobody heard of it."""
