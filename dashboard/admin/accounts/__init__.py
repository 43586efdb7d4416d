"""Accounts and their areas."""
