"""The network of an environment in AWS: one that is made here, or one that exists."""
