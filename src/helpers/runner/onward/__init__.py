"""Take what is published further: to a folder, a share or a bucket from which readers get it."""
