"""What we issue, in the eyes of verifiers that others wrote."""
