"""What rules judge and how they read it: the parts of a resource, found once for all rules that ask for them."""
