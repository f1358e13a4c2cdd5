"""What rules judge: the parts of a resource, found once for all rules of an area."""
