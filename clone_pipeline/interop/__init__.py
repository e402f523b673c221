"""Configurations of other systems into clone.yaml: one file a system."""
