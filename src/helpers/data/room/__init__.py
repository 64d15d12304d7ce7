"""The records room: a process beside a notebook's kernel, the only one that opens tables of records.

A kernel holds no records of patients. It asks (`Records`, which holds no data either), the room counts, and
what comes back is as it may be shown: suppressed, rounded and bounded. See docs/explanation/records-room.md.
"""
