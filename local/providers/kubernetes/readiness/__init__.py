"""When an object is ready, one module per group of kinds."""
