"""Which reports there are, and what each is asked for: the first step of a report.

`jobs` goes through the folder of parameters; `matrix` makes many reports of one entry, `parameter_files` reads a single
one, `parameters` what its notebook declares, `parameter_types` what a value may be.
"""
