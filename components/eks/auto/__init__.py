"""EKS Auto Mode: what the cluster, its role and its nodes need for it."""
