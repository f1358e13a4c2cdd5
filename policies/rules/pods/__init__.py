"""Rules about pods: the Pod Security Standards, restricted level."""
