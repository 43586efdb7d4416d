"""What is mutated, and which tests ought to notice: the one place to add a room or a test."""

from dataclasses import dataclass
from fnmatch import fnmatch

ROOMS = {
    "scoring": ("scoring/*.py",),
    "data/access": ("data/access/*.py",),
    "scopes": (
        "data/city/queries.py",
        "data/city/snapshots.py",
        "data/city/building_report.py",
        "data/city/grade_history.py",
        "data/db/row_security.py",
    ),
    "data/records": ("data/records/*.py",),
    "data/planning": ("data/planning/*.py",),
    "routes": (
        "dashboard/map/tile_routes.py",
        "dashboard/exports/*.py",
        "dashboard/auth/*.py",
        "dashboard/cache/city_cache.py",
    ),
    "exports": ("data/exports/*.py",),
}
NOT_MUTATED = ("*/__init__.py", "*/__main__.py", "*/errors.py", "*/command.py")  # names, and command lines

# The tests that ought to notice, room by room; of these, those that run the function a mistake was put into.
RELATED: dict[str, tuple[str, ...]] = {
    "scoring": ("tests/scoring",),
    "data/access": ("tests/data/access", "tests/data/audit", "tests/data/records/test_who_may_record.py"),
    "scopes": (
        "tests/data/city",
        "tests/data/access",
        "tests/data/exports/test_rows.py",
        "tests/data/db/test_row_security.py",
    ),
    "data/records": ("tests/data/records",),
    "data/planning": ("tests/data/planning",),
    "routes": (
        "tests/dashboard/auth",
        "tests/dashboard/map",
        "tests/dashboard/exports",
        "tests/dashboard/cache",
        "-k",
        "not page",
    ),
    "exports": ("tests/data/exports",),
}


@dataclass(frozen=True)
class Place:
    """A file that is mutated, by its path from the root."""

    path: str
    room: str


def places(paths: list[str], within: str) -> list[Place]:
    """The files of all rooms; of the room `within`, or those below the path `within`."""
    return [
        Place(path, room)
        for room, patterns in ROOMS.items()
        for path in paths
        if (room == within or path.startswith(within)) and _fits(path, patterns) and not _fits(path, NOT_MUTATED)
    ]


def _fits(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)
