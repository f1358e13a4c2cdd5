"""The project that stands before the others: where their state is kept, and who the pipeline is."""
