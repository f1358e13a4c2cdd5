"""Who the controllers in a cluster are in AWS."""
