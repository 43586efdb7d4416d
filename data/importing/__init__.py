"""From a file to the tables: reading, mapping, checking, writing."""
