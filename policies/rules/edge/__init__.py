"""Rules about load balancers, where traffic comes in."""
