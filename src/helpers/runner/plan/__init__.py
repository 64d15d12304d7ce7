"""Which reports there are, and what each is asked for: the first step of a report."""
