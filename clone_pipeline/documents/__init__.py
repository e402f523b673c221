"""Files to text, text to chunks."""
