"""What each rule changes and for whom."""
