"""The secrets of a team's agents."""
