"""From published files and extracts to tidy frames, by way of the mart."""
