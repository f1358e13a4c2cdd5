"""The log of who called a fleet."""
