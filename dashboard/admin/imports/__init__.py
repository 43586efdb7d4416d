"""A file comes in on the screen: upload, columns, check, import, history, undo."""
