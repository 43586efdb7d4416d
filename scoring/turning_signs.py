"""Signs in a name that nobody sees and that turn, isolate or steer the text around them.

U+202E and its kind have a browser, a terminal or a spreadsheet write what follows from right to left, so that a name
changes how its neighbours read. Controls steer terminals. No name needs any of them: letters of Hebrew and Arabic have
their direction in themselves.
"""

import re

TURNING = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks, embeddings, overrides, isolates and their ends
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, but for those that part lines and columns
    "\ufff9-\ufffb\U000e0000-\U000e007f]"  # notes between lines, tags
)


def in_one_direction(text: str) -> str:
    """The text without them; twice is the same as once."""
    return text if text.isprintable() else TURNING.sub("", text)
