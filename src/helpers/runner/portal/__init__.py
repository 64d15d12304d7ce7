"""The pages beside the published reports: to find one, to compare two, what the runs did, the statement.

`listing` says how each published place stands, `search` and `runs` make pages of it, `page` is the frame of all, and
`update` writes them.
"""
