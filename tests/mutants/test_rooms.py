"""What is drawn from and which tests are tried: the table names what is there."""

from fnmatch import filter as fitting
from pathlib import Path

import pytest

from tests.mutants.rooms import RELATED, ROOMS, places

ROOT = Path(__file__).resolve().parents[2]
CODE = [
    path.relative_to(ROOT).as_posix()
    for room in ("scoring", "data", "dashboard")
    for path in ROOT.glob(f"{room}/**/*.py")
]


@pytest.mark.parametrize(
    ("within", "paths"),
    [
        ("scopes", ["data/city/queries.py"]),
        ("data/access", ["data/access/roles.py", "data/access/sessions.py"]),
        ("data/access/roles.py", ["data/access/roles.py"]),
        ("nowhere", []),
    ],
)
def test_mistakes_are_drawn_from_a_room_by_its_name_or_from_below_a_path(within, paths):
    code = ["data/access/errors.py", "data/access/roles.py", "data/access/sessions.py", "data/city/queries.py"]
    assert [place.path for place in places(code, within)] == paths


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_code_under_each_of_its_patterns_and_its_tests_are_there(room):
    of_the_room = [place.path for place in places(CODE, room)]
    assert [pattern for pattern in ROOMS[room] if not fitting(of_the_room, pattern)] == []
    tests = [name for name in RELATED[room] if name.startswith("tests/")]
    assert tests
    assert [name for name in tests if not (ROOT / name).exists()] == []
