"""Text that is shown as it stands where Streamlit reads Markdown.

What an address, a file, a draft or the data says is never Markdown: no picture, link, icon, formula or colour of its
own. Every sentence with a value in it goes through `as_text` before it reaches the screen.
"""

import re
from html import escape

from scoring.turning_signs import in_one_direction

ANYWHERE = re.compile(r"([\\`*_\[\]<~$&])")
AT_THE_BEGINNING = re.compile(r"^(?:([-+#>=|])|(\d+)(?=[.)]))")  # lists, headings, quotations
# Links written out, emoji, icons and colours are found in the text after the punctuation was read, so backslashes do
# not keep them away; a sign without width between their parts does.
BREAKS = re.compile(r":(?=\S)|@|(?<=www)(?=\.)", re.IGNORECASE)
WORD_JOINER = "\u2060"


def as_text(text: object) -> str:
    """The text for a place that reads Markdown, within one paragraph."""
    plain = ANYWHERE.sub(r"\\\1", " ".join(in_one_direction(str(text)).split()))
    plain = AT_THE_BEGINNING.sub(_escaped, plain)
    return BREAKS.sub(lambda found: found[0] + WORD_JOINER, plain)


def as_html(text: object) -> str:
    """The text for a place that reads HTML, within an element or an attribute."""
    return escape(in_one_direction(str(text)))


def _escaped(found: re.Match[str]) -> str:
    sign, number = found.groups()
    return f"\\{sign}" if sign else f"{number}{WORD_JOINER}"
