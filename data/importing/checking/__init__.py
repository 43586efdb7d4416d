"""Cells to checked values, and the rows that are rejected with the reason."""
