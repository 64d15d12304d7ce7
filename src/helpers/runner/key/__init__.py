"""What a report depends on, and whether it is due.

`surroundings` says what a report can depend on and, after its kernel has run, what it did read; `due` compares that
with what the history keeps, and says in words why a report is due.
"""
