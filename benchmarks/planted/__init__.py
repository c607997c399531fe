"""Made-up releases, and the faults that are planted in them one at a time."""
