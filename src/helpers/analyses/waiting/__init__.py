"""Waiting lists by specialty: which grow, since when, and what would hold or relieve them."""
