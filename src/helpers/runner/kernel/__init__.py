"""Run a notebook in a fresh kernel: isolated, watched, and gone without a trace."""
