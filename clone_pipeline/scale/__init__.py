"""Mapping work over processes and machines, and keeping those processes in hand."""
