"""What a spreadsheet would take for a formula, made plain text."""

import re

# A spreadsheet runs or hides these; the wide ones (＝ ＋ － ＠) are typed on Chinese keyboards and run just the same.
WIDE_STARTS = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "'", *WIDE_STARTS)
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")  # -79.4 is a longitude, not a formula


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    if text.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def plain_cell(text: str) -> str:
    """Undoes `safe_cell`."""
    return text.removeprefix("'")
