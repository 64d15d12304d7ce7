"""Measures record sheets: what each measure is for, who acts on it, and where it stands."""
