"""The map page: sidebar, map, charts, and the routes that serve its tiles."""
