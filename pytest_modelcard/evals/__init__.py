"""Claimed scores against runs: what running a benchmark, or a part of it, says about a claim."""
