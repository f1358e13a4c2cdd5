"""The certificate of an environment."""
