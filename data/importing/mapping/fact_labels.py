"""What a fact is called in the database: its source key.

The row of the source with key K is stored under source_key "source:K"; a "#" in a key is doubled, so that a single one
parts off what is ours. "source:K#c2" is another record under the same key, and what has no key of its own stands under
"source:#" and a digest of what it says. When a file says something else later, the new row is that label and "#2" (then
"#3" …), and its corrects_id names the row that counted until then.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import date

ANOTHER = re.compile(r"#c\d+$")
DIGEST = 16  # hexadecimal digits; facts that share one are told apart by what they say


def label_of_key(source: str, key: str) -> str:
    return f"{source}:{key.replace('#', '##')}"


def label_of_content(source: str, building: str, day: date, what: Sequence[object]) -> str:
    """For a fact without a key: by building, day and what, whatever its file was called and wherever it stood."""
    said = "\x1f".join([building, day.isoformat(), *("" if one is None else str(one) for one in what)])
    return f"{source}:#{hashlib.sha256(said.encode()).hexdigest()[:DIGEST]}"


def split_source_key(source_key: str) -> tuple[str, int]:
    """The label and the number of a correction's source key; 1 where another than an import has named it."""
    label, _, number = source_key.rpartition("#")
    return (label, int(number)) if number.isdecimal() and label else (source_key, 1)
