"""Contract monitoring: what is got for what is paid, and what is next to be spoken of."""
