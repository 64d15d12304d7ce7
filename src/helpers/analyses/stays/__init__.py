"""Length of stay against a benchmark, from records or from published figures."""
