"""The front door: pages, layers, charts and routes."""
