"""Rules about what a pod may prove to be."""
