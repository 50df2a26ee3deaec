"""The standards of verifiable credentials: pure code, without a database, a network or a clock."""
