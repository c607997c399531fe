from hypothesis import settings

pytest_plugins = ["pytester", "tests.hub.fixture"]

# A slow or busy machine is no failure: no deadline per example.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
