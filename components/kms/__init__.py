"""Keys of our own in AWS KMS."""

from components.kms.component import Key

__all__ = ["Key"]
