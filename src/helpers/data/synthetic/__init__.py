"""The invented national data set: seeded, labelled as synthetic, with a known truth in it."""

from __future__ import annotations

from helpers.data.synthetic.generation import SyntheticData, generate, write_demo
