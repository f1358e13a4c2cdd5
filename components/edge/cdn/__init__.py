"""CloudFront before the load balancer of an environment."""
