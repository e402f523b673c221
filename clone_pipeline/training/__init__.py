"""Fine-tuning in a process of its own: `python -m clone_pipeline.training RUN.json`.

Only `settings` is for other processes; modules of this room that compute import torch.
"""
