"""Data of others that ships with Academe, each folder with its origin and licence."""
