"""An executed notebook as one Markdown document with its figures."""
