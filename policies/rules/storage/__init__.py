"""Rules of what is kept: images, buckets, file systems, search indexes, secrets."""
