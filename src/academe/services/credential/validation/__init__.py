"""Whether a credential is good, wherever it comes from, and why."""
