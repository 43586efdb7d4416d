"""Mistakes a user of the data room can make, each with its cure; what a disk refuses is one of them."""

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from scoring.errors import Sentence
from scoring.third_party_faults import library_fault


class DataError(Sentence, Exception):
    """Base of every mistake reported by this room: one sentence that names the cure."""


class DiskRefused(DataError):
    """What a disk, its owner or a limit of the system does not allow; nothing half-done was kept."""


NO_TEMPORARY_FOLDER = "No usable temporary directory"  # how tempfile begins to say so, without a number of its own


def disk_refusal(error: BaseException) -> DiskRefused | None:
    """The sentence for what the operating system did not do; None where it is no matter of a disk."""
    if not isinstance(error, OSError):
        return None
    if NO_TEMPORARY_FOLDER in str(error):
        return DiskRefused(
            "There is no temporary folder that can be written to; free some room in it, or name another in TMPDIR."
        )
    refused = BY_NUMBER.get(error.errno or 0)
    return None if refused is None else refused(shown(error.filename))


def why_not(error: BaseException | str) -> Sentence:
    """Why the operating system or a library did not do it, in words that have a Chinese side."""
    if not isinstance(error, OSError):
        return library_fault(error)
    return WORDS.get(error.errno or 0) or library_fault(error.strerror or error)


def shown(path: object) -> str | Sentence:
    """A file as a sentence names it: with its folder, and not with all that lies above that."""
    if not isinstance(path, (str, bytes)):
        return Sentence("A file of the program")
    return "/".join(Path(os.fsdecode(path)).parts[-2:])


def out_of_room(_: object = None) -> DiskRefused:
    return DiskRefused(
        "The disk is full: nothing was written, and nothing that was there is lost. Free some room and do it again."
    )


def _over_quota(_: object) -> DiskRefused:
    return DiskRefused(
        "The quota of the user that runs the program is used up: nothing was written, and nothing that was there is "
        "lost. Free some room or have the quota raised, and do it again."
    )


def file_too_large(_: object = None) -> DiskRefused:
    return DiskRefused(
        "A file would grow beyond the limit of file sizes (`ulimit -f`) of the program: nothing was written, and "
        "nothing that was there is lost. Start the program with a higher limit."
    )


def _read_only(name: str | Sentence) -> DiskRefused:
    return DiskRefused(
        "{name} lies on a disk that can only be read: nothing was written. Have it mounted for writing, or name "
        "another place.",
        name=name,
    )


def _not_allowed(name: str | Sentence) -> DiskRefused:
    return DiskRefused(
        "{name} may not be read or written by the user that runs the program; give the file and its folder to that "
        "user.",
        name=name,
    )


def _failing(name: str | Sentence) -> DiskRefused:
    return DiskRefused(
        "The disk under {name} reports an error; nothing half-done was kept. Have the disk looked at.", name=name
    )


def _too_many_open(_: object) -> DiskRefused:
    return DiskRefused(
        "The program has as many files open as it may (`ulimit -n`); start it with a higher limit, and do it again."
    )


BY_NUMBER: Mapping[int, Callable[[str | Sentence], DiskRefused]] = {
    errno.ENOSPC: out_of_room,
    errno.EDQUOT: _over_quota,
    errno.EFBIG: file_too_large,
    errno.EROFS: _read_only,
    errno.EACCES: _not_allowed,
    errno.EPERM: _not_allowed,
    errno.EIO: _failing,
    errno.EMFILE: _too_many_open,
    errno.ENFILE: _too_many_open,
}
EMPTY, NO_HEAD = Sentence("it is empty"), Sentence("its head is wrong")
ONLY_READ, NOT_OPENED = Sentence("it can only be read"), Sentence("it cannot be opened")
WORDS: Mapping[int, Sentence] = {
    errno.ENOENT: Sentence("it is not there"),
    errno.EACCES: Sentence("the user that runs the program may not"),
    errno.EPERM: Sentence("the user that runs the program may not"),
    errno.EISDIR: Sentence("it is a folder"),
    errno.ENOTDIR: Sentence("a part of its path is no folder"),
    errno.ENAMETOOLONG: Sentence("its name is too long"),
    errno.ELOOP: Sentence("its links lead round in a circle"),
    errno.EROFS: Sentence("the disk can only be read"),
    errno.ENOSPC: Sentence("the disk is full"),
    errno.EDQUOT: Sentence("the quota is used up"),
    errno.EFBIG: Sentence("the limit of file sizes is reached"),
    errno.EIO: Sentence("the disk reports an error"),
    errno.EINVAL: Sentence("it is no ordinary file"),
}
