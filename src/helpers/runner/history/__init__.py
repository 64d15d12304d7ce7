"""What happened: one row for every report of every run.

`entries` is what a row says and `store` the SQLite file (`schema`: its tables); `chain` binds what must not change
unseen. Read out of it: `signing` how far drafts are, `editions` what a pack means. `locks` keep runs apart.
"""
