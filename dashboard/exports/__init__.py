"""What a user sees, as a file to take along."""
