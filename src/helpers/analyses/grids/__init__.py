"""Self-assessment by grids that people fill in: what each said, what was agreed, and what follows."""
