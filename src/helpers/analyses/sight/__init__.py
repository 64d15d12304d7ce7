"""The line of sight: objectives, measures, teams and owners, read from either end."""
