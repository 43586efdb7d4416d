"""What the server answers beside the pages: tiles, counts, clicks, search, assets."""
