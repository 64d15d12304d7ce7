"""Many reports beside each other: the life of each, the flow of all, and what a person decides afterwards.

`run` begins and ends a batch, `flow` feeds its threads, `life` takes one report through its steps (`steps` times and
logs them; `cluster` has notebooks run elsewhere; `packing` finds the editions that a pack holds). `approval` and
`signing` are what people decide later, `drafting` is a report while its author works on it, `folders` where traces lie.
"""
