"""Planned visits to take along: a table, a calendar, and a sheet of one officer's day."""
