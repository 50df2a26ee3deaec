"""Balances, statements and their documents: what happened on an account, and what it adds up to."""
