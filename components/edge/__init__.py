"""The way in from outside of the cluster."""
