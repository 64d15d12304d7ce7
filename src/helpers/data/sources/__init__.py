"""One module for each layout of a file that can be loaded."""
