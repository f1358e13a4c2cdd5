"""What an environment may cost, and who is told."""
