"""What happened: one row for every report of every run."""
