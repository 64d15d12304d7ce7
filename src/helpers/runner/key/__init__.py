"""What a report depends on, and whether it is due."""
