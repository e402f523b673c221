"""Weights in this process: load, encode with labels, generate, log-probabilities."""
