"""What ends a command: one sentence for a person."""


class WrongUseError(Exception):
    """Wrong use or unreadable input. The message says what is wrong and what would be right."""
