"""Asking a model over an API: prompts, the journal of answers, pacing, the embedded model."""
