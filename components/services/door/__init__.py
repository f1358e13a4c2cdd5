"""A security group that lets the cluster's nodes and pods in, and nobody else."""
