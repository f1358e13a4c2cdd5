"""What agents use in AWS beside the cluster, made for a team."""
