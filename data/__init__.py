"""What is known: tables, imports, queries and history."""
