"""Bots: what is heard, whether to speak, what to say; one file a platform."""
