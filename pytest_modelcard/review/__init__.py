"""What a pull request changes: the cards it touches, checked at its head and at its base, and compared."""
