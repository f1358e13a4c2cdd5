"""What is built: pure specifications and the Pulumi components that make resources of them."""
