"""`agentctl quotas`: what an environment needs of its account's quotas, and what the account has."""
