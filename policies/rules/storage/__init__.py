"""Rules about what is kept: images, buckets, file systems, search indexes, secrets."""
