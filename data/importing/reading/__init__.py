"""A file's bytes to a table of text, in a process of its own."""
