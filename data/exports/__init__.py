"""What a viewer sees of a city on a day, as files to take along."""
