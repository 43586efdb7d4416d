"""What administrators do: accounts, the audit trail, imports."""
