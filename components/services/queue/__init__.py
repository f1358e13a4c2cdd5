"""Queues in Amazon SQS."""
