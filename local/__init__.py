"""The local cloud: the tools, a Kubernetes control plane with simulated nodes, and the commands that run them."""
