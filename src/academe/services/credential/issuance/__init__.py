"""Issuing credentials: composed, signed, stored and logged; one by one, to many, and on completion."""
