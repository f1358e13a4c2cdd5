"""Tests of the offline provider plugins."""
