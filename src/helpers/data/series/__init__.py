"""Figures as reports read them out of the mart."""
