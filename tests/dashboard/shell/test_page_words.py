"""Streamlit's own words, and ours in their place."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.i18n import LANGUAGES
from dashboard.shell.page_words import FILE, PLACE_OF_TABLES, ROUTES, address, script, words

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
FROM_THE_BROWSER = {"yyyy", "mm", "dd"}  # of the fields for days, in the browser's own language
SAID = {
    "zh": {
        "Select all": "全选",
        " Select all ": " 全选 ",
        "Select 12 matches": "选中12个匹配项",
        "(2.2 seconds)": "（2.2秒）",
        "200MB per file": "单个文件不超过200 MB",
        "200.0MB per file": "单个文件不超过200.0 MB",
        "Help for 截至日期": "截至日期：说明",
        "You have requested page /audit, but no corresponding file was found in the app's pages/ directory."
        " Running the app's main page.": "您无权访问该页面或页面不存在，已返回地图。",
        "day, 日期 start date": "日，日期起始日期",
        "arrow_upward": "arrow_upward",
        "Selected alleys": "Selected alleys",
    },
    "en": {"Choose an option": "Choose", "Remove fire": "Take off fire", "(2.2 seconds)": "(2.2 s)"},
}


def patterns(language: str) -> list[str]:
    return [english for english in words(language) if english.startswith("/")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_is_of_a_whole_text_and_its_words_name_no_part_it_has_not(language):
    assert len(patterns(language)) > 10
    for english in patterns(language):
        assert english.startswith("/^") and english.endswith("$/"), english
        groups = re.compile(english[1:-1]).groups
        assert all(int(number) <= groups for number in re.findall(r"\$(\d)", words(language)[english])), english


def test_every_exact_word_is_one_that_streamlit_says():
    """What a new version of Streamlit says otherwise is found here, and not by a reader of the page."""
    streamlits = "".join(one.read_text("utf-8") for one in SCRIPTS.glob("*.js") if "deck" not in one.name)
    exact = set(words("zh")) - set(patterns("zh")) - FROM_THE_BROWSER
    assert [one for one in exact if f"`{one}`" not in streamlits and f'"{one}"' not in streamlits] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_said_as_the_table_has_them_and_nothing_else_is_touched(language):
    source = FILE.read_text("utf-8")
    (speak,) = re.findall(r"  function speak\(.*?\n  \}\n", source, re.DOTALL)
    (say,) = re.findall(r"  function inOurWords\(.*?\n  \}\n", source, re.DOTALL)
    tables = json.dumps({language: {"words": words(language)}})
    program = (
        f"const TABLES = {tables}, LONGEST = 300, html = {{}}; let language, exact, patterns;\n{speak}{say}"
        f"speak({language!r}); console.log(JSON.stringify({json.dumps(list(SAID[language]))}.map(inOurWords)));"
    )
    ran = subprocess.run(["node", "-e", program], capture_output=True, check=True, text=True)
    assert dict(zip(SAID[language], json.loads(ran.stdout), strict=True)) == SAID[language]


def test_the_script_carries_the_words_of_every_language_and_is_kept_while_it_is_the_same():
    content, mark = script()
    assert PLACE_OF_TABLES not in content and "全选" in content and "正在自动重新连接" in content
    assert address().endswith(f"?{mark}")
    answer = TestClient(Starlette(routes=ROUTES)).get(address())
    assert answer.headers["content-type"].startswith("text/javascript") and answer.text == content
    assert "immutable" in answer.headers["cache-control"]
