"""What a rule file says, and which edition is in force on a day. Begin with `model`; `parser` reads a file into it."""
