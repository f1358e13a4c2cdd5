"""The load balancer of an environment."""
