"""The audit trail: entries that are only added to, each chained to the hash of the one before."""
