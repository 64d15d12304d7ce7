"""A trust's own project and its reports: `boardpack init`, `boardpack new`.

`making` makes them, `schemas` tells editors what files may say, `upgrading` what a newer boardpack changes.
"""
