"""Who visits which building on which day in which order, and what cannot be done. Begin with `problem`, the types."""
