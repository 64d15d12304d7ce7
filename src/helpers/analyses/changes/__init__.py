"""Review of changes: plan, do, review."""
