"""What a grade is: pure, vectorised, without a database or a screen."""
