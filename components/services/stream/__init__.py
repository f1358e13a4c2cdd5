"""Logs of events in Amazon MSK."""
