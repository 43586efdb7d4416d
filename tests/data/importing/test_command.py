"""The command line: a user's mistake is one sentence on stderr and exit code 2, never a traceback."""

import csv
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.__main__ import main
from data.db.models.city import Building, City, Import
from data.importing import command
from data.importing.reading import sandboxed_reader
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, MILL, PLUM, QUIET_VISIT, VISITS, write_csv

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def at_desk(desk, monkeypatch):
    """The desk's own database and folders, with both mappings written down."""
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(desk.engine.url))
    monkeypatch.setattr(command, "REJECTED", desk.folder / "set-aside")
    (desk.folder / "buildings.toml").write_text(BUILDINGS, encoding="utf-8")
    (desk.folder / "visits.toml").write_text(VISITS, encoding="utf-8")
    return desk


def _import(desk, mapping, *files, options=()):
    return main(["import", str(desk.folder / f"{mapping}.toml"), *map(str, files), "--on", "2024-06-30", *options])


def _preview(desk, *files) -> int:
    """Both mappings at once, as packaged ones are named by the beginning of their names."""
    with pytest.MonkeyPatch.context() as patch:
        both = [desk.mapping(BUILDINGS), desk.mapping(VISITS)]
        patch.setattr(command, "mappings_named", lambda *_, **__: both)
        return main(["import", "riverton", *map(str, files), "--on", "2024-06-30", "--preview"])


def test_a_summary_tells_what_became_of_every_row(at_desk, capsys):
    path = write_csv(at_desk.folder / "buildings.csv", [PLUM, HARBOUR, MILL | {"lon": ""}])
    assert _import(at_desk, "buildings", path) == 0
    told, errors = capsys.readouterr()
    assert "buildings.csv → buildings: 3 rows read, 1 set aside" in told
    assert "2 new         0 changed         0 unchanged" in told
    assert "row 3: The place is missing" in told and "buildings-set-aside.csv: mend them there" in told
    assert errors == ""


def test_the_rows_set_aside_go_where_the_user_says(at_desk):
    path = write_csv(at_desk.folder / "buildings.csv", [PLUM, MILL | {"lon": ""}])
    _import(at_desk, "buildings", path, options=["--set-aside", str(at_desk.folder / "bad.csv")])
    with (at_desk.folder / "bad.csv").open(encoding="utf-8-sig") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [MILL["name"]]
    other = write_csv(at_desk.folder / "more.csv", [HARBOUR | {"lat": ""}])
    _import(at_desk, "buildings", path, other, options=["--set-aside", str(at_desk.folder / "bad")])
    assert sorted(one.name for one in (at_desk.folder / "bad").iterdir()) == [
        "buildings-set-aside.csv",
        "more-set-aside.csv",
    ]


def test_what_a_library_says_when_it_breaks_is_not_for_the_user(at_desk, capsys, monkeypatch):
    monkeypatch.setattr(sandboxed_reader, "READER", ("-c", "raise LookupError('no such thing')"))
    assert _import(at_desk, "buildings", write_csv(at_desk.folder / "b.csv", CAST)) == 2
    assert capsys.readouterr().err.splitlines() == [
        "b.csv: its reader broke off, so the file is damaged; export it again, best as CSV."
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "atlantis", "x.csv"], "There is no mapping 'atlantis'"),
        (["import", "{folder}/buildings.toml", "{folder}/nowhere.csv"], "name a file that is there"),
        (["import", "{folder}/buildings.toml", "{folder}"], "cannot be read (it is a folder)"),
        (["import", "{folder}/visits.toml", "{folder}/visits.csv"], "the city 'riverton' is not there yet"),
        (["verify", "atlantis"], "There is no city 'atlantis' here"),
    ],
)
def test_a_mistake_is_one_sentence_and_code_2(at_desk, capsys, arguments, words):
    write_csv(at_desk.folder / "visits.csv", [QUIET_VISIT])
    assert main([one.format(folder=at_desk.folder) for one in arguments]) == 2
    told, errors = capsys.readouterr()
    assert words in errors and errors.count("\n") == 1 and told == ""


@pytest.mark.parametrize("address", ["sqlite:///{folder}/file", "sqlite:///{folder}/file/x.sqlite", "nonsense"])
def test_a_database_that_cannot_be_opened_is_one_sentence(monkeypatch, capsys, tmp_path, address):
    (tmp_path / "file").write_bytes(b"no database at all" * 100)
    monkeypatch.setenv("CREDIT_MAP_DATABASE", address.format(folder=tmp_path))
    assert main(["verify", "riverton"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("The database ") and errors.count("\n") == 1


def test_files_before_a_refused_one_stand_and_none_after(at_desk, capsys):
    good = write_csv(at_desk.folder / "a.csv", [PLUM])
    bad, later = at_desk.folder / "b.csv", write_csv(at_desk.folder / "c.csv", [MILL])
    bad.write_bytes(b"")
    assert _import(at_desk, "buildings", good, bad, later) == 2
    assert capsys.readouterr().err == "b.csv: the file is empty; export it again.\n"
    assert [one.file_name for one in at_desk.rows(Import)] == ["a.csv"]


def test_a_preview_says_so_and_writes_nothing(at_desk, capsys):
    path = write_csv(at_desk.folder / "buildings.csv", CAST)
    assert _import(at_desk, "buildings", path, options=["--preview"]) == 0
    assert "(preview: nothing was written)" in capsys.readouterr().out
    assert at_desk.count(City) == 0


def test_a_preview_of_several_files_holds_each_against_what_those_before_it_bring(at_desk, capsys):
    buildings = write_csv(at_desk.folder / "buildings.csv", [PLUM, PLUM | {"code": "9", "lon": "0"}])
    visits = write_csv(at_desk.folder / "visits.csv", [QUIET_VISIT, QUIET_VISIT | {"id": "2", "building": "nowhere"}])
    assert _preview(at_desk, buildings, visits) == 0
    of_buildings, of_visits = capsys.readouterr().out.split("buildings.csv → ")[1].split("visits.csv → ")
    assert "1 set aside (preview: nothing was written)" in of_buildings
    assert "1 new" in of_buildings and "2 rows read, 1 set aside" in of_visits
    assert "There is no building 'nowhere'" in of_visits
    assert at_desk.count(City) == at_desk.count(Building) == at_desk.count(Import) == 0


def test_a_preview_goes_through_files_in_the_order_in_which_they_build_on_each_other(at_desk, capsys):
    buildings = write_csv(at_desk.folder / "buildings.csv", CAST)
    visits = write_csv(at_desk.folder / "visits.csv", [QUIET_VISIT])
    assert _preview(at_desk, visits, buildings) == 0
    assert "1 new" in capsys.readouterr().out.split("visits.csv → ")[1]
    assert at_desk.count(City) == 0


def test_stopped_by_the_user_nothing_is_half_written(at_desk, capsys, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("data.importing.writing.run._insert_rejected_rows", stopped)
    assert _import(at_desk, "buildings", write_csv(at_desk.folder / "buildings.csv", CAST)) == 2
    assert capsys.readouterr().err.startswith("Stopped: nothing of buildings.csv was written")
    assert at_desk.count(Building) == at_desk.count(City) == 0


SLOW = """
import signal, sys
from data.__main__ import main
from data.importing.writing import run as importing
def slow(*_):
    print("written, not yet kept", flush=True)
    signal.pause()
signal.signal(signal.SIGINT, signal.default_int_handler)  # as at a terminal: who starts us may ignore it
importing._insert_rejected_rows = slow
sys.exit(main(sys.argv[1:]))
"""


def test_a_real_interrupt_leaves_no_traceback_and_no_row(at_desk):
    path = write_csv(at_desk.folder / "buildings.csv", CAST)
    asked = [sys.executable, "-c", SLOW, "import", str(at_desk.folder / "buildings.toml"), str(path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(asked, cwd=ROOT, **pipes) as run:
        assert run.stdout.readline() == "written, not yet kept\n"
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=120)
    assert run.returncode == 2
    assert errors.startswith("Stopped: nothing of buildings.csv was written") and errors.count("\n") == 1
    assert at_desk.count(Building) == 0
