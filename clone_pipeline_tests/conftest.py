"""Settings that all tests share."""

from hypothesis import settings

# A slow or busy machine is no fault of the code under test.
settings.register_profile("steady", deadline=None, max_examples=50)
settings.load_profile("steady")
