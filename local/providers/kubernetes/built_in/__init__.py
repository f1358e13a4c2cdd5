"""The shapes of the built-in Kubernetes kinds, as generated from their Go types by generate.go."""
