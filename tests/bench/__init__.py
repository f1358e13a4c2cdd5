"""Measurements; no test calls them, and no test depends on a time."""
