"""Rules about what pods ask of their nodes: sizes, GPUs, a runtime class."""
