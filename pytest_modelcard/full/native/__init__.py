"""The kernel for processors: written in C for each spec, compiled by the machine's own compiler, called without Python's lock."""
