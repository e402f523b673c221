"""Weights in this process: load, encode with labels, generate, log-probabilities."""

import warnings

# peft's use of an older transformers name, which no user can act on
warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)
