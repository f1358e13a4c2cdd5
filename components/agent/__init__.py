"""An agent in a cluster: what runs it, scales it, and bounds what it may reach."""
