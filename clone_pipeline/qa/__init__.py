"""Questions and answers from chunks: written, checked by majority, repaired, made conversations."""
