"""Caches in Amazon ElastiCache."""
