"""The file system that pods of all zones share."""
