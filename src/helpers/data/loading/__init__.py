"""Loading into the mart: files and tables of a warehouse, recognised, checked, and committed whole or not at all."""
