"""The kinds of volumes that pods can ask for."""
