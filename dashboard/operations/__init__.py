"""What is done day by day: planning who visits what."""
