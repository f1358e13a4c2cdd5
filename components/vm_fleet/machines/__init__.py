"""The machines of a fleet: what they start from, what they may do, and how many there are."""
