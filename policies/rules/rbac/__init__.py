"""Rules about RBAC: what a role grants, and to whom."""
