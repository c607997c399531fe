"""Pure functions from findings and reports to text: terminal, JSON, checklist."""
