"""Measures, targets, objectives and events: YAML to frozen models."""
