"""Rules about EKS: clusters, and the machines that their nodes start from."""
