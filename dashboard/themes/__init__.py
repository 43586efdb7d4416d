"""What the map can show: a module a theme or overlay, all of them listed in registry.py."""
