"""Tell people what became of what is made by itself: one digest for each row of the table, by mail or webhook."""
