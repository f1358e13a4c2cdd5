"""A team's buckets in Amazon S3."""
