"""Missed appointments: how many, and what fewer would bring."""
