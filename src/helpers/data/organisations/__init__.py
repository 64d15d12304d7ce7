"""Who is who: organisations, what became of them, their parts, and the systems they make up."""
