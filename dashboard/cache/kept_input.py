"""What somebody has typed or handed in and not finished, on disk: a reload or a new sign-in finds it again.

By account, tab and page. It holds what a page says is its own, never a password. After a day it is gone, and earlier
when its account signs out. Where the disk takes nothing more it is not kept, and the page goes on.
"""

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from secrets import token_hex
from typing import Any

from data.settings import VAR

FOLDER = VAR / "kept"
KEPT_SECONDS = 24 * 3600
MOST_BYTES = 400_000  # of one page: a rule file typed as text is the longest that there is
MOST_FILES = 40  # of one account; the oldest make room
TAB = re.compile(r"[0-9a-f]{12}")
PLAIN = (str, int, float, Decimal, date, type(None))
log = logging.getLogger("credit_map")
Content = dict[str, Any]


@dataclass(frozen=True)
class Owner:
    """Whose it is. session_id: of the sign-in that typed it last, which decides when it goes."""

    account_id: int
    name: str
    session_id: int

    @property
    def folder(self) -> Path:
        """With the name, as another database may give the same number to somebody else."""
        return FOLDER / f"{self.account_id}-{hashlib.sha256(self.name.encode()).hexdigest()[:16]}"


def new_tab() -> str:
    return token_hex(6)


def is_plain(value: object) -> bool:
    """Whether a value can be kept: texts, numbers, days and lists of them. A tick is none: it is set anew each time."""
    if isinstance(value, (list, tuple)):
        return all(is_plain(one) for one in value)
    return type(value) in PLAIN


def save(owner: Owner, tab: str, page: str, content: Mapping[str, Any]) -> bool:
    """Keeps plain values by their name; whether they are kept. What was kept of this page before is replaced."""
    text = json.dumps({"session": owner.session_id, "content": dict(content)}, default=_packed, ensure_ascii=False)
    if len(text.encode()) > MOST_BYTES:
        return False
    part = owner.folder / f".{token_hex(8)}"
    try:
        owner.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_room(owner.folder)
        part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8")
        part.replace(_file(owner, tab, page))
    except OSError as why:
        log.warning("What was typed could not be kept: %s", why)
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return False
    return True


def load(owner: Owner, tab: str, page: str) -> Content:
    """What was kept of a page; nothing where it is too old, of another account, or cannot be read."""
    remove_old()
    kept = _kept(_file(owner, tab, page))
    return {} if kept is None else kept[1]


def forget(owner: Owner, still_open: Collection[int], each: Callable[[str, Content], None]) -> None:
    """Removes what the account's sign-ins have left behind, but for those of `still_open`.

    each: is told page and content of what was removed.
    """
    for file in owner.folder.glob("*.json"):
        session_id, content = _kept(file) or (None, {})  # a damaged file is nobody's
        if session_id in still_open:
            continue
        with suppress(OSError):
            file.unlink(missing_ok=True)
        each(file.stem.partition("-")[2], content)


def remove_old() -> None:
    for file in FOLDER.glob("*/*"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > KEPT_SECONDS:
                file.unlink(missing_ok=True)


def _make_room(folder: Path) -> None:
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
    for file in files[: -MOST_FILES + 1]:
        file.unlink(missing_ok=True)


def _file(owner: Owner, tab: str, page: str) -> Path:
    return owner.folder / f"{tab}-{page}.json"


def _kept(file: Path) -> tuple[int, Content] | None:
    """The sign-in that typed it last, and what it typed; None where the file is not there, or not as it was written."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"), object_hook=_unpacked)
        session_id, content = kept["session"], kept["content"]
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        return None
    is_whole = type(session_id) is int and isinstance(content, dict) and all(map(is_plain, content.values()))
    return (session_id, content) if is_whole else None


def _packed(value: object) -> dict[str, str]:
    return {"decimal" if isinstance(value, Decimal) else "day": str(value)}


def _unpacked(kept: dict[str, Any]) -> Any:
    if kept.keys() == {"decimal"}:
        return Decimal(kept["decimal"])
    if kept.keys() == {"day"}:
        return date.fromisoformat(kept["day"])
    return kept
