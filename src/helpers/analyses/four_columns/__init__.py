"""The four column matrix: what teams do for the organisation, and what it is expected to give."""
