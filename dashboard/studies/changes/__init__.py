"""Who got better or worse between two days, and why."""
