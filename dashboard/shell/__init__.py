"""What stands around every page: the frame, navigation, errors, start-up, static files."""
