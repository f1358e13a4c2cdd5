"""Mutation testing of the policy rules."""
