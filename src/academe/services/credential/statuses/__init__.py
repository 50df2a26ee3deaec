"""What becomes of credentials: revoked, suspended, reinstated; and the lists in which verifiers read it."""
