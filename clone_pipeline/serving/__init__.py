"""An OpenAI-compatible front over one worker process a loaded model version.

`python -m clone_pipeline.serving RUN.json` answers; the front itself never loads weights.
"""
