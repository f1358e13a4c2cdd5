"""The add-ons of a cluster: when each is installed, how it is set up, and what it may do in AWS."""
