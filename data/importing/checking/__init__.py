"""Cells to checked values, and the rows that are set aside with the reason."""
