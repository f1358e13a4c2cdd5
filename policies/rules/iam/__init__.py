"""Rules about who may do what in AWS: roles, policies, trust."""
