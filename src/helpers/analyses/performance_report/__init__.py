"""The performance report: what needs attention, the matrix, a section for each measure."""
