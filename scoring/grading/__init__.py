"""From facts to grades: values on a day, score and grade, reasons, and the way to the next grade."""
