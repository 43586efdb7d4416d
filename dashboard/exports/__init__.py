"""What a visitor sees, as a file to take along."""
