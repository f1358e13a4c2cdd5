"""Rules of logs."""
