"""The private state: its back-ups, what is forgotten, and what the last reports said."""
