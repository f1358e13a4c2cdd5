"""Where an environment keeps models, backups, logs and shared files."""
