"""Peer benchmark: one measure for all trusts, or one trust over all measures."""
