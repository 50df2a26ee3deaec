"""Money that goes back: asked for here by an educator or an administrator, or made at the provider."""
