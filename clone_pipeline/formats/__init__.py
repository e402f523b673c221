"""Dialogues, QA conversations and texts as training rows, and as files for other trainers."""
