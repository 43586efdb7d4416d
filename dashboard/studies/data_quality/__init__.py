"""Whether the records can be trusted."""
