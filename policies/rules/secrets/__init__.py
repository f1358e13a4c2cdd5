"""Rules about credentials and protected data: where they may be, and how they are kept."""
