"""Databases in Amazon RDS and Aurora."""
