"""The balanced scorecard: few measures from several sides on one page, and what is unbalanced about it."""
