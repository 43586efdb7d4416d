"""Which column is which: mapping files, and a guess where there is none."""
