"""What a user sees of a city on a day, as files to download."""
