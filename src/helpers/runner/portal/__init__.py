"""The pages beside the published reports: to find one, to compare two, what the runs did, the statement."""
