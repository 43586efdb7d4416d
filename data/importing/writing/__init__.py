"""Checked rows into the tables, once, all or nothing; and the undo."""
