"""Reports: what educators earned, who supports them, and what the school holds and owes."""
