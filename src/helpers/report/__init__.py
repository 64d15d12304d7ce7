"""What a notebook shows: figures, tables, icons and sentences."""
