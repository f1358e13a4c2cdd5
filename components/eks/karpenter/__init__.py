"""What Karpenter needs in AWS: its role, the profile of its nodes, and the queue that tells it of interruptions."""
