"""Private buckets in S3."""

from components.bucket.component import Guard, LogTarget, PrivateBucket

__all__ = ["Guard", "LogTarget", "PrivateBucket"]
