"""The reference pages that are made from the code: `make dictionary` writes them into docs/reference/."""
