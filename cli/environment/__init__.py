"""Whole environments: their stacks brought up, previewed and destroyed in order."""
