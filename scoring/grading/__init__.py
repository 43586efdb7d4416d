"""From facts on a day to grades, their reasons, and advice on the next grade. Begin with `rating`."""
