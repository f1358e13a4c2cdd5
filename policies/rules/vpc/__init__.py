"""Rules about networks: VPCs, subnets, security groups."""
