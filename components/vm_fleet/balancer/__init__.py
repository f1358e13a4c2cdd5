"""The way into a fleet."""
