"""Text classifiers in a process of their own: toxicity, whether people would answer."""
