"""The audit trail: entries that are only added to, each sealed with the hash of the one before."""
