"""What a grade is: pure, vectorised, no database, no screen. Begin with `rulebook.model`, then `grading.rating`."""
