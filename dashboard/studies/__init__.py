"""What the grades are worth: a page a study, and what they share."""
