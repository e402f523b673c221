"""How much nearer to a persona a version comes than its base: facts in, report out.

`python -m clone_pipeline.evaluation RUN.json` measures in a process of its own; `gate` decides.
"""
