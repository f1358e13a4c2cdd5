"""What the pods of a cluster run on."""
