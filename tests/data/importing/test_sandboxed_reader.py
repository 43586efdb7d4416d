"""A stranger's file is read in a process of its own: whatever it does there, we go on and say one sentence."""

import io
import json
import logging
import os
import resource
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.models.city import Import
from data.errors import DiskRefused
from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading import reader_process, sandboxed_reader
from data.importing.reading.reader_process import DISK
from data.importing.reading.sandboxed_reader import ERRORS, _answer, limits_for, read_apart
from data.importing.reading.tables import read_file
from data.importing.source_formats import FORMATS
from data.importing.writing.run import import_file
from tests.data.bad_files import BAD_FILES
from tests.data.riverton import (
    BUILDINGS,
    CAST,
    HARBOUR,
    MILL,
    ON,
    PLUM,
    write_csv,
    write_geojson,
    write_gpkg,
    write_xlsx,
)

ROOT = Path(__file__).resolve().parents[3]
ANY = Layout("any", "any.toml", FORMATS, ())
SECONDS, MEGABYTES = 10, 512
PATIENCE_S = 60
WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "geojson": write_geojson, "gpkg": write_gpkg}


def take_in(desk, path, **more):
    return import_file(desk.engine, SYSTEM, desk.mapping(BUILDINGS), path, ON, actor=COMMAND_LINE, **more)


def readers() -> set[int]:
    """Processes that read a file for this one."""
    children = (one for path in Path("/proc/self/task").glob("*/children") for one in path.read_text().split())
    return {int(pid) for pid in children if "stdin" in _arguments(pid) or "reader_process" in _arguments(pid)}


def _arguments(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:  # it has ended meanwhile
        return ""


def processor_seconds() -> float:
    """What this process and those it has waited for have used so far."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def at_the_clock(monkeypatch, seconds: Iterator[float]) -> None:
    """The clock shows these, one each time the watch looks at it."""
    monkeypatch.setattr(sandboxed_reader, "monotonic", lambda: next(seconds))


@pytest.mark.parametrize("kind", WRITERS)
def test_the_table_comes_back_as_it_was_read(desk, kind):
    rows = [PLUM, HARBOUR | {"name": "港湾 \N{PILE OF POO} 'x'"}, MILL | {"name": "", "use": " 住宅 "}]
    path = WRITERS[kind](desk.folder / f"buildings.{kind}", rows)
    here, there = read_file(path, path.name, ANY), read_apart(path, path.name, ANY)
    pd.testing.assert_frame_equal(there.frame, here.frame)
    assert there.row_numbers.tolist() == here.row_numbers.tolist()
    assert (there.kind, there.sha256) == (here.kind, here.sha256)
    assert (there.geometry is None) == (here.geometry is None) == (kind in ("csv", "xlsx"))
    if here.geometry is not None:
        assert shapely.equals(there.geometry, here.geometry).all()


def test_broken_geometry_and_columns_without_a_name_come_back_too(desk):
    shapes = [{"type": "Point", "coordinates": [113.9, 22.5]}, None, {"type": "Point", "coordinates": "x"}]
    path = write_geojson(desk.folder / "b.geojson", CAST, shapes)
    here, there = read_file(path, path.name, ANY), read_apart(path, path.name, ANY)
    assert there.geometry_faults.tolist() == here.geometry_faults.tolist()
    assert [fault and fault.reason for fault in there.geometry_faults] == [None, "geometry_missing", "geometry_broken"]
    (desk.folder / "b.csv").write_text("a,,\n\n1,2,3\n", encoding="utf-8")
    there = read_apart(desk.folder / "b.csv", "b.csv", ANY)
    assert [str(name) for name in there.frame.columns] == ["a", "", ""] and there.row_numbers.tolist() == [2]


def test_a_refusal_comes_through_word_for_word(desk):
    path = desk.folder / "theirs.csv"
    path.write_bytes(b"code,name\n")
    with pytest.raises(FileRefused) as here:
        read_file(path, "their name.csv", ANY)
    with pytest.raises(FileRefused) as there:
        read_apart(path, "their name.csv", ANY)
    assert (
        str(there.value) == str(here.value) == "their name.csv: there is a heading and no row; export the file again."
    )


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_a_sentence_in_little_time_and_memory(desk, name, monkeypatch, tmp_path_factory):
    path = BAD_FILES[name](tmp_path_factory.mktemp("bad"))
    most = Watched(monkeypatch)
    begun = processor_seconds()
    with pytest.raises(FileRefused) as refused:
        take_in(desk, path)
    assert processor_seconds() - begun < SECONDS
    assert most.megabytes < MEGABYTES
    said = str(refused.value)
    assert said.startswith(f"{path.name}: ") and said.endswith(".") and "\n" not in said
    assert "root:" not in said and "reader broke off" not in said
    assert desk.count(Import) == 0 and not readers()
    path.unlink()  # some are large


class Watched:
    """The most memory any reader took."""

    def __init__(self, monkeypatch) -> None:
        self.megabytes = 0.0
        resident = sandboxed_reader._resident

        def seen(pid: int) -> int:
            bytes_ = resident(pid)
            self.megabytes = max(self.megabytes, bytes_ / 2**20)
            return bytes_

        monkeypatch.setattr(sandboxed_reader, "_resident", seen)
        monkeypatch.setattr(sandboxed_reader, "POLL_SECONDS", 0.01)


STALLS = "import sys\nsys.stdin.readline()\n{}"
SLEEPS = "sys.stdin.read()"  # as long as its starter lives
SPINS = "while True: pass"
SWELLS = f"x = bytearray(700 * 2**20); {SLEEPS}"
BREAKS = ("import os; os.abort()", "raise OSError('no such thing')")


def ended(desk, monkeypatch, deed: str) -> str:
    """The sentence for a file whose reader does so; no reader is left."""
    monkeypatch.setattr(sandboxed_reader, "READER", ("-c", STALLS.format(deed)))
    with pytest.raises(FileRefused) as refused:
        take_in(desk, write_csv(desk.folder / "buildings.csv", CAST))
    assert not readers()
    return str(refused.value)


def test_a_reader_that_works_without_end_is_ended_and_the_sentence_says_so(desk, monkeypatch):
    monkeypatch.setattr(sandboxed_reader, "SECONDS", 1)
    said = ended(desk, monkeypatch, SPINS)
    assert "reading it took more than 1 seconds of the processor; cut the file in parts" in said


def test_a_reader_that_swells_is_ended_and_the_sentence_says_so(desk, monkeypatch):
    said = ended(desk, monkeypatch, SWELLS)
    assert "reading it took more than 500 MB of memory; cut the file in parts" in said


def test_a_reader_that_is_ended_leaves_no_temporary_file(desk, monkeypatch, tmp_path):
    monkeypatch.setattr(sandboxed_reader, "SECONDS", 1)
    (folder := tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    assert ended(desk, monkeypatch, f"import tempfile; tempfile.mkdtemp()\n{SPINS}")
    assert not list(folder.iterdir())


def test_a_reader_that_stands_still_is_ended_and_the_sentence_says_so(desk, monkeypatch):
    at_the_clock(monkeypatch, iter(range(0, 30_000, 30)))
    said = ended(desk, monkeypatch, SLEEPS)
    assert "reading it came to a standstill; hand it in again, best as CSV" in said


def test_a_cell_without_end_is_told_as_what_it_takes_whatever_rust_is_asked_to_trace(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    path = write_xlsx(tmp_path / "bomb.xlsx", [{"code": "x" * 1000}])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data.replace(b"x" * 1000, b"x" * 320_000_000))
    with pytest.raises(FileRefused, match="took more than 500 MB of memory"):
        read_apart(path, "bomb.xlsx", ANY)
    assert caplog.text == ""


def of_one_long_text(folder: Path) -> Path:
    """Parquet: two million rows that name the same text of a dictionary."""
    texts = pa.array(["x" * 1000]).take(pa.array([0] * 2_000_000, pa.int32()))
    pq.write_table(pa.table({"code": texts}), folder / "texts.parquet")
    return folder / "texts.parquet"


def of_a_view_without_end(folder: Path) -> Path:
    """A GeoPackage whose table is a question that gives a text of 1.8 GB."""
    path = write_gpkg(folder / "view.gpkg", CAST)
    with closing(sqlite3.connect(path)) as file:
        (name,) = file.execute("SELECT table_name FROM gpkg_contents").fetchone()
        file.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (name,))
        file.execute("CREATE VIEW endless AS SELECT hex(zeroblob(900000000)) AS code")
        file.execute("INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('endless', 'attributes', 0)")
        file.commit()
    return path


@pytest.mark.parametrize("made", [of_one_long_text, of_a_view_without_end])
def test_a_file_that_unfolds_beyond_all_memory_is_not_called_damaged(tmp_path, made):
    path = made(tmp_path)
    with pytest.raises(FileRefused, match="took more than 500 MB of memory"):
        read_apart(path, path.name, ANY)


@pytest.mark.parametrize("deed", BREAKS)
def test_a_reader_that_breaks_is_told_in_a_sentence_and_its_trace_is_for_the_log(desk, deed, monkeypatch, caplog):
    with caplog.at_level(logging.ERROR, "credit_map"):
        said = ended(desk, monkeypatch, deed)
    assert "its reader broke off, so the file is damaged; export it again" in said
    assert ("no such thing" in caplog.text) == ("no such thing" in deed)


def test_a_file_is_taken_however_long_a_busy_machine_needs_by_the_clock(desk, monkeypatch):
    assert limits_for(0).seconds < 100
    at_the_clock(monkeypatch, chain([0.0], repeat(100.0)))
    monkeypatch.setattr(sandboxed_reader, "POLL_SECONDS", 0.001)
    path = write_csv(desk.folder / "buildings.csv", CAST)
    assert len(read_apart(path, path.name, ANY).frame) == len(CAST)


@pytest.mark.parametrize(
    ("worked", "elapsed", "ended_for"),
    [
        (8.0, 8.0, ""),
        (8.1, 8.1, "seconds"),
        (0.0, 119.0, ""),  # it waits for its turn, or for the disk
        (0.0, 121.0, "standstill"),
        (4.0, 240.0, ""),  # a sixtieth of the time, beyond the first two minutes a thirtieth
        (4.0, 241.0, "standstill"),
        (8.1, 1e6, "seconds"),
        (None, 360.0, ""),  # a system that does not tell
        (None, 361.0, "standstill"),
    ],
)
def test_only_the_processors_time_counts_unless_the_reader_gets_next_to_none(worked, elapsed, ended_for):
    assert sandboxed_reader._too_long(worked, elapsed, 8) == ended_for


def test_the_time_a_process_worked_is_the_processors():
    before, worked = processor_seconds(), sandboxed_reader._worked(os.getpid())
    own = resource.getrusage(resource.RUSAGE_SELF)
    assert 0 < worked <= own.ru_utime + own.ru_stime + 0.02
    while processor_seconds() < before + 0.1:
        pass
    assert sandboxed_reader._worked(os.getpid()) > worked
    assert sandboxed_reader._worked(2**30) is None


def test_a_reader_limits_itself(tmp_path):
    """Memory is refused by the system before the watch could see it, and time is the processor's own."""
    said = {
        "x = bytearray(500 * 2**20)": "MemoryError",
        "while True: pass": "",
        "file = open('big', 'wb')\nfor _ in range(300): file.write(bytes(2**20))": "File too large",
    }
    for deed, words in said.items():
        code = "from data.importing.reading.reader_process import limit\nlimit(1, 200 * 2**20)\n" + deed
        surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
        asked = [sys.executable, "-c", code]
        done = subprocess.run(asked, cwd=tmp_path, env=surroundings, capture_output=True, text=True)
        assert done.returncode != 0 and words in done.stderr
        assert words or done.returncode == -signal.SIGXCPU


def test_one_who_stops_us_while_a_file_is_read_leaves_no_reader_behind(desk, monkeypatch):
    monkeypatch.setattr(sandboxed_reader, "READER", ("-c", STALLS.format(SLEEPS)))

    def stops():
        assert readers()
        raise KeyboardInterrupt

    path = write_csv(desk.folder / "buildings.csv", CAST)
    with pytest.raises(KeyboardInterrupt):
        read_apart(path, path.name, ANY, stops)
    assert not readers()


ORPHANING = """
import os, signal, sys
from pathlib import Path
from data.importing.reading import sandboxed_reader as apart
from data.importing.mapping.layout import Layout
from data.importing.source_formats import FORMATS
code = "from data.importing.reading import reader_process as r; r.read = lambda *_: [0 for _ in iter(int, 1)]; r.main()"
apart.READER = ("-c", code)
pid = []
apart._resident = lambda one: pid.append(one) or 0
def tick():
    if len(pid) == 20:
        print(pid[0], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
apart.read_apart(Path(sys.argv[1]), "x.csv", Layout("a", "a", FORMATS, ()), tick)
"""


def test_a_reader_ends_with_the_process_it_reads_for_even_when_that_is_killed(tmp_path):
    path = write_csv(tmp_path / "x.csv", CAST)
    done = subprocess.run([sys.executable, "-c", ORPHANING, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert ends(int(done.stdout))


def ends(pid: int) -> bool:
    """Whether a process is gone, or goes in the time the slowest machine needs for it."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE_S)[0])
    finally:
        os.close(process)


def test_limits_grow_with_the_file_but_not_without_end():
    small, large, huge = (limits_for(size * 2**20) for size in (0, 52, 300))
    assert small.seconds <= SECONDS and small.resident <= MEGABYTES * 2**20
    assert large.seconds > 3 * 21 and large.resident > 1.5 * 560 * 2**20  # 52 MB of CSV took 560 MB; 39 of XLSX 21 s
    assert huge.resident <= 2.2 * 2**30


def test_nothing_that_could_run_comes_back(tmp_path):
    from data.importing.reading import arrow_files, reader_process

    for module in (sandboxed_reader, reader_process, arrow_files):
        assert "pickle" not in Path(module.__file__).read_text(encoding="utf-8")


def test_a_name_of_theirs_is_only_a_name(desk):
    path = write_csv(desk.folder / "stored", CAST)
    for name in ("/vsicurl/http://10.0.0.1/x.geojson", 'x"; DROP TABLE buildings;--.csv', "../../etc/passwd", "{0}%s"):
        assert read_apart(path, name, ANY).frame["code"].tolist() == [row["code"] for row in CAST]
    with pytest.raises(FileRefused, match="name a file that is there"):
        take_in(desk, Path("/vsicurl/http://10.0.0.1/x.geojson"))


def test_a_pipe_or_a_device_is_no_file(desk):
    os.mkfifo(desk.folder / "pipe.csv")
    for path in (desk.folder / "pipe.csv", Path("/dev/zero")):
        with pytest.raises(FileRefused, match=r"it is no ordinary file"):
            take_in(desk, path)


@pytest.mark.parametrize(
    ("number", "said"), [(28, "The disk is full"), (122, "quota"), (13, "may not be read"), (5, "error")]
)
def test_where_the_temporary_folder_takes_nothing_more_the_file_is_not_said_to_be_damaged(tmp_path, number, said):
    """The reader's own process ends with the number of what the system refused it."""
    with pytest.raises(DiskRefused, match=said) as refused:
        _answer(DISK + number, "", errors_in(tmp_path), "buildings.csv", limits_for(1000))
    assert "damaged" not in str(refused.value)


def errors_in(folder: Path) -> Path:
    (folder / ERRORS).touch()
    return folder


def test_a_reader_that_may_not_write_its_answer_ends_with_the_number_of_why(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reader_process, "limit", lambda *_: None)
    monkeypatch.setattr(reader_process, "end_with_the_starter", lambda: None)
    monkeypatch.setattr(reader_process, "read", full)
    request = {"seconds": 1, "memory": 1, "path": "x", "name": "x", "layout": {}, "answer": str(tmp_path)}
    monkeypatch.setattr(reader_process.sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(request).encode())))
    assert reader_process.main() == DISK + 28


def test_a_lower_limit_of_the_system_is_kept_and_no_damage_to_the_file(tmp_path):
    """`ulimit -f` sets the most a process may ask for, so that the reader cannot ask for more."""
    file = tmp_path / "wide.csv"
    file.write_text("code,name\n" + "".join(f"{n},{'x' * 90}\n" for n in range(3000)), encoding="utf-8")
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "from dataclasses import replace\nfrom pathlib import Path\nfrom data.errors import DataError\n"
        "from data.importing.mapping.guess_columns import ANY\n"
        "from data.importing.reading.sandboxed_reader import read_apart\n"
        "try:\n    print(len(read_apart(Path(sys.argv[1]), 'wide.csv', ANY).frame))\n"
        "except DataError as refused:\n    print(refused)\n"
    )
    for size, said in ((50_000_000, "3000"), (100_000, "ulimit -f")):
        done = subprocess.run([sys.executable, "-c", code, file, str(size)], cwd=ROOT, capture_output=True, text=True)
        assert said in done.stdout and "damaged" not in done.stdout, done.stdout + done.stderr
