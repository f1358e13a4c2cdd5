"""A team's place in a cluster: its namespace and everything that bounds it."""
