"""A limit of file sizes, a lock, a foreign owner, a full temporary folder: one true sentence each, and no traceback.

Each is tried for real in a process of its own where that is possible. Root may do what nobody else may, so what an
owner forbids is tried there without that right, as the number 65534.
"""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from data.db import sqlite_files
from data.db.engine import address_of, open_database
from data.errors import BY_NUMBER, disk_refusal
from tests.dashboard.demonstration import ROOT, surroundings
from tests.data.riverton import BUILDINGS, PLUM

NOBODY = 65534
NO_DAMAGE = ("Traceback", "damaged", "whole SQLite", "Error:")
STRANGE = [
    "100%",
    "a%41b",
    "%2e%2e",
    "what?",
    "no#1",
    "two  words",
    "街道 数据",
    "quote'd",
    'quo"ted',
    "a+b&c=d;e",
    "[x]*",
]

SHORT_PATIENCE = """
import sys
from data.db import engine
engine.BUSY_MS = 300
engine.writing.__wrapped__.__defaults__ = (0.3,)
from data.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    return filled(tmp_path)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that lies where everybody may look, unlike those pytest makes."""
    with TemporaryDirectory() as name:
        yield filled(Path(name))


def filled(folder: Path) -> Path:
    """The folder with a mapping and a file of three thousand buildings."""
    (folder / "buildings.toml").write_text(BUILDINGS, encoding="utf-8")
    rows = "\n".join(",".join(str(value) for value in (PLUM | {"code": f"B{n:06}"}).values()) for n in range(3000))
    (folder / "buildings.csv").write_text(f"{','.join(PLUM)}\n{rows}\n", encoding="utf-8")
    return folder


def command(
    folder: Path, *arguments: str, before: Callable[[], None] | None = None, **environment: str
) -> tuple[int, str]:
    """Exit code and all that `python -m data` says. before: done in its process before it begins."""
    settings = {"CREDIT_MAP_VAR": str(folder / "var"), "CREDIT_MAP_DATABASE": f"sqlite:///{folder}/town.sqlite"}
    done = subprocess.run(
        [sys.executable, "-m", "data", *arguments],
        cwd=ROOT,
        env=surroundings(settings | environment),
        preexec_fn=before,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def one_true_sentence(answer: tuple[int, str], *words: str) -> None:
    code, said = answer
    assert code == 2, said
    assert all(word in said for word in words), said
    assert not [word for word in NO_DAMAGE if word in said], said


def no_file_longer_than(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def nobody() -> None:
    """Gives up the right of root to read and write everything; of anyone else there is nothing to give up."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def as_nobody() -> Callable[[], None]:
    program = Path(sys.executable).resolve()
    reachable = all(os.stat(each).st_mode & 0o005 == 0o005 for each in (ROOT, *ROOT.parents, *program.parents))
    if os.geteuid() == 0 and not reachable:
        pytest.skip("The program lies where only root may read, so it cannot be run as anybody else.")
    return nobody


def test_a_limit_of_file_sizes_is_said_to_be_that_in_an_import(folder):
    open_database(f"sqlite:///{folder}/town.sqlite").dispose()
    size = (folder / "town.sqlite").stat().st_size
    files = (str(folder / "buildings.toml"), str(folder / "buildings.csv"))
    one_true_sentence(command(folder, "import", *files, before=no_file_longer_than(size + 50_000)), "ulimit -f")
    with closing(sqlite3.connect(folder / "town.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM buildings").fetchone() == (0,)


def test_a_limit_of_file_sizes_is_said_to_be_that_in_a_backup_and_leaves_no_part_of_it(folder):
    open_database(f"sqlite:///{folder}/town.sqlite").dispose()
    answer = command(folder, "backup", str(folder / "town.backup"), before=no_file_longer_than(60_000))
    one_true_sentence(answer, "ulimit -f")
    assert not [path.name for path in folder.iterdir() if "backup" in path.name]


def test_a_database_somebody_holds_locked_is_said_to_be_that(folder):
    open_database(f"sqlite:///{folder}/town.sqlite").dispose()
    files = (str(folder / "buildings.toml"), str(folder / "buildings.csv"))
    with closing(sqlite3.connect(folder / "town.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        settings = {"CREDIT_MAP_VAR": str(folder), "CREDIT_MAP_DATABASE": f"sqlite:///{folder}/town.sqlite"}
        done = subprocess.run(
            [sys.executable, "-c", SHORT_PATIENCE, "import", *files],
            cwd=ROOT,
            env=surroundings(settings),
            capture_output=True,
            text=True,
        )
    one_true_sentence((done.returncode, done.stderr), "Another program holds the database locked")


@pytest.mark.parametrize(
    ("path", "mode", "words"),
    [
        ("town.sqlite", 0o000, ["town.sqlite", "must belong to the user that runs the program"]),
        ("town.sqlite", 0o444, ["town.sqlite", "must belong to the user that runs the program"]),
        ("buildings.csv", 0o000, ["buildings.csv", "may not read it"]),
    ],
)
def test_what_belongs_to_somebody_else_is_said_to_be_that(open_folder, path, mode, words):
    open_database(f"sqlite:///{open_folder}/town.sqlite").dispose()
    before = as_nobody()
    open_folder.chmod(0o777)
    for each in open_folder.iterdir():
        each.chmod(0o666)
    (open_folder / path).chmod(mode)
    files = (str(open_folder / "buildings.toml"), str(open_folder / "buildings.csv"))
    one_true_sentence(command(open_folder, "import", *files, before=before), *words)


def test_a_folder_that_may_not_be_written_to_is_said_to_be_that(open_folder):
    before = as_nobody()
    open_folder.chmod(0o555)
    try:
        answer = command(open_folder, "imports", before=before)
    finally:
        open_folder.chmod(0o755)
    one_true_sentence(answer, "must belong to the user that runs the program")


def test_no_temporary_folder_is_said_to_be_that():
    assert "TMPDIR" in str(disk_refusal(FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")))


@pytest.mark.parametrize("number", BY_NUMBER)
@pytest.mark.parametrize("file", [None, "/srv/var/facts/x", b"/srv/var/facts/x"])
def test_what_the_system_refuses_is_a_sentence_whatever_file_it_names_or_none(number, file):
    said = str(disk_refusal(OSError(number, os.strerror(number), file)))
    assert said.endswith(".") and "/srv" not in said and os.strerror(number) not in said


def test_what_is_no_matter_of_a_disk_stays_what_it_is():
    for error in (OSError(), ConnectionResetError(104, "reset"), FileNotFoundError(2, "gone", "x"), ValueError()):
        assert disk_refusal(error) is None


@pytest.mark.parametrize("name", STRANGE)
def test_a_database_lies_where_its_address_says_whatever_signs_are_in_it(tmp_path, name):
    place = tmp_path / name
    place.mkdir()
    engine = open_database(f"sqlite:///{place}/a {name}.sqlite")
    assert [each.name for each in place.iterdir() if each.suffix == ".sqlite"] == [f"a {name}.sqlite"]
    again = open_database(address_of(engine))
    assert again.url == engine.url
    for each in (engine, again):
        each.dispose()
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("folder_there", "written", "meant"), [("two words", "two%20words", "two words"), ("a%20b", "a%20b", "a%20b")]
)
def test_an_escaped_address_means_the_sign_but_for_a_folder_that_is_called_so(tmp_path, folder_there, written, meant):
    (tmp_path / folder_there).mkdir()
    address = sqlite_files.address(f"sqlite:///{tmp_path}/{written}/x.sqlite")
    assert address.database == f"{tmp_path}/{meant}/x.sqlite"


@pytest.mark.parametrize("name", ["100% what? no#1", "街道 a%41b"])
def test_files_mappings_backups_and_the_folder_of_what_is_made_lie_anywhere(folder, name):
    place = folder / name
    place.mkdir()
    for file in ("buildings.toml", "buildings.csv"):
        (folder / file).rename(place / f"{name} {file}")
    files = (str(place / f"{name} buildings.toml"), str(place / f"{name} buildings.csv"))
    there = {
        "CREDIT_MAP_VAR": str(place / "var"),
        "CREDIT_MAP_DATABASE": f"sqlite:///{place}/x.sqlite",
        "TMPDIR": str(place),
    }
    code, said = command(folder, "import", *files, "--preview", **there)
    assert "Traceback" not in said and "cannot be" not in said, said
    code, said = command(folder, "backup", str(place / f"{name}.backup"), **there)
    assert code == 0, said
    code, said = command(folder, "restore", str(place / f"{name}.backup"), "--replace", **there)
    assert code == 0, said
