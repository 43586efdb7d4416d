"""Files handed in on a page, kept on disk under names of our own until they are imported."""

import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data.settings import VAR

FOLDER = VAR / "uploads"
KEPT_SECONDS = 24 * 3600
LONGEST_NAME = 120
OWN_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """name: as the person called it, to be shown; path: where it lies, which says nothing of theirs."""

    name: str
    path: Path

    @property
    def plain(self) -> list[str]:
        """What finds it again, see `found`."""
        return [self.name, self.path.name]


def keep(name: str, data: bytes) -> Upload:
    """Writes the file down and removes those that lay for a day."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    remove_old()
    path = FOLDER / secrets.token_hex(16)
    path.touch(mode=0o600)
    try:
        path.write_bytes(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return Upload(shown(name), path)


def found(plain: object) -> Upload | None:
    """A file that was handed in before; None where it is gone, or has lain for a day."""
    remove_old()
    match plain:
        case [str(name), str(own)] if OWN_NAME.fullmatch(own) and (FOLDER / own).is_file():
            return Upload(shown(name), FOLDER / own)
    return None


def remove(plain: object) -> None:
    if (upload := found(plain)) is not None:
        upload.path.unlink(missing_ok=True)


def remove_old() -> None:
    for path in FOLDER.glob("*"):
        with suppress(OSError):  # somebody else removes it at this moment
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink(missing_ok=True)


def shown(name: str) -> str:
    """The last part of a name, without signs that are no writing."""
    return re.sub(r"[^\w .()\-]+", "_", re.split(r"[/\\]", name)[-1])[-LONGEST_NAME:] or "file"
