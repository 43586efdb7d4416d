"""Streamlit's own words, which stand in English alone, said in the language of the page as far as a style can.

What cannot be reached so is listed in docs/operating.md.
"""

import streamlit as st

from dashboard.i18n import Translator

WORDS = {  # where Streamlit's words stand, and ours
    "[data-testid='stFileUploaderDropzone'] [data-testid='stMarkdownContainer'] p": "imports.choose",
    "[data-testid='stFileUploaderDropzoneInstructions'] span": "imports.formats",
    "[data-testid='stConnectionStatus'] label": "shell.connecting",
}
HIDDEN = "[data-testid='InputInstructions']"  # "Press Enter to apply": leaving the field does the same


def widget_words(t: Translator) -> None:
    rules = [f"{HIDDEN} {{ display: none; }}"]
    for where, key in WORDS.items():
        rules += [f"{where} {{ font-size: 0; }}", f"{where}::after {{ font-size: 0.9rem; content: '{t(key)}'; }}"]
    st.html(f"<style>{' '.join(rules)}</style>")
