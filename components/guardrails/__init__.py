"""What the API server itself refuses in a team's namespace, whoever asks."""
