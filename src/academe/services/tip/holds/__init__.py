"""Tips that are set aside first: captured, voided, expired, or looked at by an administrator."""
