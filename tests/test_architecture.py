"""The arrows between the rooms: who may import whom, read from the imports themselves."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("scoring", "geo", "data", "dashboard")
SCREEN = ("streamlit", "folium", "streamlit_folium", "plotly")
FORBIDDEN = {
    "scoring": ("geo", "data", "dashboard", "sqlalchemy", "geopandas", *SCREEN),
    "scoring.rulebook": ("scoring.grading", "scoring.studies"),
    "scoring.rulebook.criteria": ("scoring.rulebook.parser", "scoring.rulebook.editions", "scoring.rulebook.figures"),
    "scoring.grading": ("scoring.studies",),
    "geo": ("scoring", "data", "dashboard", "sqlalchemy", *SCREEN),
    "data": ("dashboard", *SCREEN),
    "data.city": ("data.importing", "data.records", "data.planning", "data.studies", "data.exports"),
    "data.planning": ("data.importing", "data.studies", "data.exports", "data.demo"),
    "data.planning.check": ("pyvrp", "data.planning.routes", "data.planning.timetable", "data.planning.conditions"),
    "data.records": ("data.importing", "data.planning", "data.studies", "data.exports", "data.demo"),
    "data.importing.checking": ("data.importing.writing",),
    "data.importing.mapping": ("data.importing.writing",),
    "dashboard.charts": ("data", "sqlalchemy", "streamlit"),
    "dashboard.map.layers": ("data", "sqlalchemy", "streamlit"),
    "dashboard.view": ("sqlalchemy", *SCREEN),
}
LEAVES = {  # what they may import of the house beside themselves
    "geo.coordinates": ("geo.errors",),
    "geo.morton": ("geo.errors",),
    "geo.mvt": ("geo.errors",),
    "data.db": ("data.access.roles", "data.errors", "data.settings", "scoring.turning_signs"),
}
# A backup saves and checks what the rooms above the database have written; both leave an entry in the audit trail.
ABOVE_ITS_ROOM = ("data.db.backup", "data.db.migrate")
JOURNEYS = tuple(f"dashboard.{room}" for room in ("map", "building", "studies", "admin", "exports"))
SHARED_OF_A_JOURNEY = ("dashboard.map.layers",)  # pure, as charts are: frames and settings in, a layer out
SHOWN_BESIDE_THE_MAP = {"dashboard.map.page": ("dashboard.building.card", "dashboard.exports.menu")}
ROOMLESS_NAMES = ("utils", "helpers", "common", "misc")


def modules() -> dict[str, Path]:
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


@pytest.mark.parametrize("room", FORBIDDEN)
def test_no_import_goes_against_the_arrows(room):
    wrong = [
        f"{name} imports {imported}"
        for name, path in modules().items()
        if within(name, room)
        for imported in imports(path)
        if any(within(imported, forbidden) for forbidden in FORBIDDEN[room])
    ]
    assert not wrong


@pytest.mark.parametrize("leaf", LEAVES)
def test_what_everything_stands_on_imports_nothing_above_it(leaf):
    wrong = [
        f"{name} imports {imported}"
        for name, names in import_graph().items()
        if within(name, leaf) and not any(within(name, room) for room in ABOVE_ITS_ROOM)
        for imported in names
        if not any(within(imported, allowed) for allowed in (leaf, *LEAVES[leaf]))
    ]
    assert not wrong


def test_no_page_asks_the_database_itself_and_nothing_imports_a_page():
    for name, path in modules().items():
        imported = list(imports(path))
        assert not [one for one in imported if one.startswith("dashboard.") and one.endswith(".page")], name
        if name.endswith(".page"):
            assert not [one for one in imported if within(one, "sqlalchemy")], name


def test_no_journey_imports_another_except_what_the_map_shows_beside_it():
    graph = import_graph()
    wrong = [
        f"{name} imports {imported}"
        for name in graph
        for imported in graph[name]
        if (own := room_of(name)) and (other := room_of(imported)) and own != other
        if not any(within(imported, shared) for shared in (*SHARED_OF_A_JOURNEY, *SHOWN_BESIDE_THE_MAP.get(name, ())))
    ]
    assert not wrong


def test_texts_import_nothing_of_ours_but_how_a_count_is_worded():
    graph = import_graph()
    assert not [
        (name, imported)
        for name in graph
        if within(name, "dashboard.i18n")
        for imported in graph[name]
        if not within(imported, "dashboard.i18n") and imported != "scoring.wording"
    ]


def test_charts_and_layers_do_not_reach_the_data_through_another_module():
    graph = import_graph()
    for start in graph:
        if within(start, "dashboard.charts") or within(start, "dashboard.map.layers"):
            assert not [name for name in reached(start, graph) if within(name, "data")], start


def test_no_circle_of_imports_anywhere():
    circle = []
    try:
        TopologicalSorter(import_graph()).prepare()
    except CycleError as found:
        circle = found.args[1]
    assert circle == []


def test_every_file_has_a_room_of_its_own_name():
    assert not [name for name in modules() if set(name.split(".")) & set(ROOMLESS_NAMES)]


def import_graph() -> dict[str, set[str]]:
    known = modules()
    return {name: {one for one in imports(path) if one in known} - {name} for name, path in known.items()}


def room_of(name: str) -> str | None:
    """The journey a module belongs to."""
    return next((room for room in JOURNEYS if within(name, room)), None)


def reached(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        for name in graph[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen
