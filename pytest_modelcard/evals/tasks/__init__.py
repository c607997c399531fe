"""Benchmarks as lines of a local file: what is asked, and how an answer is read and scored."""

from .spec import Task, tasks_from_dicts

__all__ = ["Task", "tasks_from_dicts"]
