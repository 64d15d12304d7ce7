"""Tell people what became of what is made by itself: one digest for each row of the table, by mail or webhook.

`rows` is whom a schedule tells, `digests` makes the messages (`message`), `outbox` keeps them until they are sent, and
`sending` sends them.
"""
