"""Chat exports and documents in, a trained, checked and answering chat model out."""
