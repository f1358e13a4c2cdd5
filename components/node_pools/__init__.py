"""Node pools in a cluster: what Karpenter, or EKS Auto Mode, may start."""
