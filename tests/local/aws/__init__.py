"""The offline `aws` provider, asked as the engine asks it."""
