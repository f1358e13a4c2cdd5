"""Copies of buckets in another region."""
