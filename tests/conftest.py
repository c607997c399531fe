pytest_plugins = ["pytester", "tests.hub.fixture"]
