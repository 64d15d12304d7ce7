"""Files as analysts are given them: found, opened whatever they are, and read as tables of text."""
