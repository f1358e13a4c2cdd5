"""`agentctl policies`: the pack's rules to read, and to try on manifests and rendered stacks without an engine."""
