"""`python -m pytest_modelcard index`: keep sketches of models, and find a model's nearest."""
