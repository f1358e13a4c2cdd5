"""Offline stand-ins for provider plugins, used where the official ones can't be had."""
