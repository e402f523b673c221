"""The tests: the same tree as clone_pipeline, one test_<file>.py for each file."""
