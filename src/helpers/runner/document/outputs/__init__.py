"""Ordinary outputs of a notebook read as figures, tables and prose: cell options, pictures, tables of HTML.

`streams` says which outputs count, `options` what the author says of them; `ordinary` reads each by its kind with
`tables`, `svg` and `files`; `pieces` is what they become.
"""
