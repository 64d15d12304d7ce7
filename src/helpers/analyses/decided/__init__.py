"""What was decided, who does it by when, and what is overdue."""
