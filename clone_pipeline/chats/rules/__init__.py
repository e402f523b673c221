"""The rules of cleaning, one idea a file: changes of a text, and reasons to leave one out."""
