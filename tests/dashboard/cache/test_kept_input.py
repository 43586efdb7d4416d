"""What is typed and not handed in yet, on disk: found again by its account in its tab, for a day."""

import os
import string
from datetime import date
from decimal import Decimal
from errno import ENOSPC
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.cache import kept_input
from dashboard.cache.kept_input import (
    KEPT_SECONDS,
    MOST_BYTES,
    MOST_FILES,
    Owner,
    forget,
    is_plain,
    load,
    new_tab,
    save,
)

MEI, CHEN = Owner(7, "mei", 1), Owner(8, "chen", 2)
VALUES = st.recursive(
    st.text(max_size=20)
    | st.integers()
    | st.none()
    | st.dates()
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(kept_input, "FOLDER", tmp_path / "kept")
    return tmp_path / "kept"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(string.ascii_letters + "-_", min_size=1), VALUES, max_size=4))
def test_what_is_typed_is_found_again_as_it_was(content):
    assert all(map(is_plain, content.values()))
    assert save(MEI, "0" * 12, "sandbox", content)
    assert load(MEI, "0" * 12, "sandbox") == content


def test_a_tick_a_table_and_a_file_are_nothing_to_be_kept():
    assert not any(map(is_plain, (True, {"edited_rows": {}}, b"bytes", object(), [1, True])))


def test_nobody_else_finds_it_nor_another_tab_nor_another_page(folder):
    tab = new_tab()
    save(MEI, tab, "accounts", {"name": "lan"})
    same_number_elsewhere = Owner(MEI.account_id, "somebody else", 1)
    assert load(CHEN, tab, "accounts") == load(same_number_elsewhere, tab, "accounts") == {}
    assert load(MEI, new_tab(), "accounts") == load(MEI, tab, "imports") == {}
    assert load(MEI, tab, "accounts") == {"name": "lan"}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.json")} == {0o600}


def test_after_a_day_it_is_gone(folder):
    tab = new_tab()
    save(MEI, tab, "accounts", {"name": "lan"})
    (file,) = folder.rglob("*.json")
    long_ago = file.stat().st_mtime - KEPT_SECONDS - 60
    os.utime(file, (long_ago, long_ago))
    assert load(MEI, tab, "accounts") == {}
    assert not file.exists()


def test_an_account_keeps_so_many_pages_and_of_each_so_much(folder):
    for number in range(MOST_FILES + 5):
        save(MEI, f"{number:012x}", "sandbox", {"n": number})
    assert len(list(folder.rglob("*.json"))) == MOST_FILES
    assert load(MEI, f"{MOST_FILES + 4:012x}", "sandbox") == {"n": MOST_FILES + 4}
    assert not save(MEI, new_tab(), "sandbox", {"text": "x" * MOST_BYTES})


def test_on_a_full_disk_it_is_not_kept_and_nothing_is_half_there(folder, monkeypatch):
    tab = new_tab()
    save(MEI, tab, "sandbox", {"n": 1})

    def full(*_, **__):
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert not save(MEI, tab, "sandbox", {"n": 2})
    monkeypatch.undo()
    monkeypatch.setattr(kept_input, "FOLDER", folder)
    assert load(MEI, tab, "sandbox") == {"n": 1}
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"content": 1', "\0"])
def test_what_cannot_be_read_any_more_is_nothing(folder, text):
    tab = new_tab()
    save(MEI, tab, "sandbox", {"n": 1})
    (file,) = folder.rglob("*.json")
    file.write_text(text)
    assert load(MEI, tab, "sandbox") == {}


def test_signing_out_takes_what_this_session_and_ended_ones_left_and_nothing_of_others():
    here, elsewhere, ended = Owner(7, "mei", 1), Owner(7, "mei", 3), Owner(7, "mei", 4)
    kept = {new_tab(): owner for owner in (here, elsewhere, ended, CHEN)}
    for tab, owner in kept.items():
        save(owner, tab, "imports", {"by": owner.session_id, "on": date(2026, 6, 30), "points": Decimal("-0.5")})
    told = []
    forget(here, {elsewhere.session_id}, lambda page, content: told.append((page, content["by"])))
    assert sorted(told) == [("imports", 1), ("imports", 4)]
    left = [owner.session_id for tab, owner in kept.items() if load(owner, tab, "imports")]
    assert left == [elsewhere.session_id, CHEN.session_id]


DAMAGED = {
    "nested without end": '{"session": 1, "content": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "a number that is none": '{"session": 1, "content": {"n": {"decimal": "abc"}}}',
    "a day that is none": '{"session": 1, "content": {"n": {"day": "2026-13-01"}}}',
    "a list": '{"session": 1, "content": [1]}',
    "a text": '{"session": 1, "content": "x"}',
    "nothing": '{"session": 1, "content": null}',
    "a table in it": '{"session": 1, "content": {"n": {"a": 1}}}',
    "no sign-in": '{"session": [1], "content": {}}',
    "cut short": '{"session": 1, "con',
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_nothing_kept_and_keeps_nobody_from_signing_out(folder, text):
    tab, removed = new_tab(), []
    save(MEI, tab, "imports", {"name": "lan"})
    (file,) = folder.rglob("*.json")
    file.write_text(text)
    assert load(MEI, tab, "imports") == {}
    forget(MEI, set(), lambda page, content: removed.append((page, content)))
    assert removed == [("imports", {})]
    assert not file.exists()
