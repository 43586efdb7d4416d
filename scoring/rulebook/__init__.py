"""What a rule file says: its parser, its model, and which edition is in force on a day."""
