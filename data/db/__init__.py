"""The database: engine and sessions, tables, row-level security, backup."""
