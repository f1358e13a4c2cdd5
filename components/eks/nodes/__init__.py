"""The nodes of a cluster: their role, their disks, what they start from, and how many there are."""
