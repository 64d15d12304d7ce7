"""What is doubtful in what the mart holds: odd figures, sources that disagree, how far a series can be relied on."""
