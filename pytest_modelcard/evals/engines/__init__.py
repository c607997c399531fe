"""Engines of others behind our interface: inspect-ai for generative tasks, lm-eval for log-likelihood tasks.

Both are optional extras and are imported only when a run needs them.
"""
