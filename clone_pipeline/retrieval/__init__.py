"""Which passages belong together."""
