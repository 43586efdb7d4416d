"""Who may come in: accounts, sign-in, sessions, and the record of what was done."""
