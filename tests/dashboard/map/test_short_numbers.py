"""Large numbers in the rings of the map, as each language writes them."""

import json
import re
import subprocess

import pytest

from dashboard.i18n import LANGUAGES, translator
from dashboard.map.layers.layer_settings import short_numbers
from dashboard.shell.static_files import ASSETS

CASES = {
    "zh": {999: "999", 9_999: "9999", 10_000: "1万", 11_400: "1.1万", 99_400: "9.9万", 99_600: "10万", 175_700: "18万"},
    "en": {999: "999", 1_000: "1k", 1_140: "1.1k", 9_940: "9.9k", 9_960: "10k", 12_400: "12k", 175_700: "176k"},
}


def shortened(numbers: list[int], language: str) -> list[str]:
    """By the very function of the map's script."""
    (function,) = re.findall(r"function short\(.*?\n  \}\n", ASSETS["credit-map.js"].read_text("utf-8"), re.DOTALL)
    options = json.dumps(short_numbers(translator(language)))
    script = f"{function}; console.log(JSON.stringify({numbers}.map((n) => short(n, {options}))))"
    return json.loads(subprocess.run(["node", "-e", script], capture_output=True, check=True, text=True).stdout)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_large_number_is_shortened_as_its_language_counts(language):
    assert shortened(list(CASES[language]), language) == list(CASES[language].values())
