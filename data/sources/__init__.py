"""Bringing a file in: a mapping says which of its columns are which of our fields, and no code names a city."""
