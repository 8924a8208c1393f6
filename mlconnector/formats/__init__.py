"""How dates and numbers look, for each language."""
