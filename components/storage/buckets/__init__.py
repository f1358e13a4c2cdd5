"""The buckets of an environment."""
