"""One building: its card and how to come to the next grade."""
