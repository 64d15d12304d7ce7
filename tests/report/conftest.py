"""Fixtures of `reports_made`."""

from reports_made import analyse, demo_measures, usual

__all__ = ["analyse", "demo_measures", "usual"]
