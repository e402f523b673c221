"""Dagster only, thin: one file an asset group; what an asset does stands in its room."""
