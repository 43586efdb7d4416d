"""Accounts, passwords, sessions, and what each role may see."""
