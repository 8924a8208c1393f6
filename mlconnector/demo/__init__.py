"""Trying the product with no account anywhere: a demo company, and a story told on it."""
