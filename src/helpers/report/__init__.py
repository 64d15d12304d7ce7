"""What a notebook shows: figures, tables, icons and sentences.

A notebook begins with `opening`, which gives a `report` of a `period`. Analyses make `sections` of it, whose `parts`
are `shown` (`columns`, `charts`, `words`); what comes from records goes through `controlled` and `controlled_charts`,
and leaves the records room by `analyses_in_room`. `own` takes an analyst's own figures and tables.
"""
