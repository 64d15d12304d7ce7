"""The charts of a report: one grammar, direct labels, marks that differ by shape as well as colour."""
