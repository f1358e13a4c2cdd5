"""What stands before the first stack."""
