"""Rules of networks: VPCs, subnets, security groups."""
