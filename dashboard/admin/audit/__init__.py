"""The audit trail, searched."""
