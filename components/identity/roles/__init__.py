"""The roles of a team's agents."""
