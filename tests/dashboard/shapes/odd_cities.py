"""Cities of every shape the importer takes, each brought in by files and mappings of its own."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.importing.mapping.parser import mapping_of
from data.importing.writing.run import import_file
from tests.data.riverton import read_here, square, write_csv

SHAPES = Path(__file__).with_name("shapes.toml")
ON = date(2024, 6, 30)
WEST, SOUTH, SIDE = 113.80, 22.45, 0.16
LEVEL_NAMES = {
    "district": '{ zh = "区", en = "District" }',
    "street": '{ zh = "街道", en = "Street" }',
    "community": '{ zh = "社区", en = "Community" }',
    "grid": '{ zh = "网格", en = "Grid" }',
}
CITY = """
[city]
code = "{code}"
names = {{ zh = "{code}", en = "{code}" }}
bounds = [113.80, 22.45, 114.00, 22.65]
rule_sets = {rule_sets}

[city.levels]
{levels}
"""
AREAS = """
title = "areas"
city = "{code}"
files = "areas*"
format = "geojson"

[area]
level = {{ column = "level" }}
code = {{ column = "code" }}
name = {{ column = "name" }}
{parent}
"""
BUILDINGS = """
title = "buildings"
files = "buildings*"
format = "csv"

[[off_map]]
column = "lon"
missing = true
reason = {{ zh = "来源没有坐标", en = "No place in the source" }}
{city}
[building]
code = {{ column = "code" }}
name = {{ column = "name" }}
place = {{ lon = {{ column = "lon" }}, lat = {{ column = "lat" }}, datum = "WGS84" }}

[building.areas]
{areas}
"""
FACTS = """
title = "facts"
city = "{code}"
files = "facts*"
format = "csv"
source = "{target}"

[building]
existing = true
code = {{ column = "building" }}

[{target}]
key = {{ column = "key" }}
"""
MORE = {
    "inspection": """
day = { column = "day" }
inspector = { column = "building" }
answers = { checklist = "odd", items = { smoke_alarms = "passed", clean = "passed", registers_tenants = "passed" } }
""",
    "hazard": """
group = "fire"
category = "blocked_exit"
severity = "high"
found_on = { column = "day" }
""",
    "event": """
kind = "criminal_case"
day = { column = "day" }
""",
}
HOMES = """
title = "homes"
city = "{code}"
files = "homes*"
format = "csv"

[building]
existing = true
code = {{ column = "building" }}

[project]
repeats = true
code = "P1"
name = "P1"
operator = "Housing"
address = "1 Plum Lane"
place = {{ lon = "113.9", lat = "22.5", datum = "WGS84" }}

[home]
repeats = true
code = {{ column = "building" }}
rooms = 2
area_m2 = 50
floor = 1
rent_yuan_month = 900
lift = false
barrier_free = false

[home_state]
state = "vacant"
day = {{ column = "day" }}
"""
RULE = """
title = {{ zh = "{count}级", en = "{count} grades" }}
source = {{ zh = "自拟", en = "Ours" }}
start = 0
start_quote = "nothing"
best_answer = 1

{grades}
[[category]]
code = "all"
name = {{ zh = "全部", en = "All" }}
items = [
  {{ code = "smoke_alarms", zh = "烟感", en = "Smoke alarms", cost = 1 }},
  {{ code = "clean", zh = "整洁", en = "Clean", cost = 1 }},
]

[[fact]]
name = "criminal_cases"
label = {{ zh = "刑事案件", en = "Criminal cases" }}
events = ["criminal_case"]

[[criterion]]
fact = "criminal_cases"
points = -1
months = 12
quote = "each case"

[[criterion]]
share_of = "all"
points = {count}
quote = "the share passed"

{bands}
[inspect_every_days]
{intervals}
"""


@dataclass(frozen=True)
class Shape:
    """One city. areas: how many of each level, unless `codes` names those of the narrowest level. visits, hazards,
    cases, homes: on which days each building has one. placed: whether a building lies in an area."""

    code: str
    says: str
    levels: Sequence[str] = ("street", "community")
    areas: int = 2
    codes: Sequence[str] = ()
    area_name: str = ""
    buildings: int = 3
    one_point: bool = False
    off_map: bool = False
    placed: bool = True
    rule_sets: Sequence[str] = ("baoan",)
    visits: Sequence[str] = ()
    hazards: Sequence[str] = ()
    cases: Sequence[str] = ()
    homes: Sequence[str] = ()

    @property
    def has_areas(self) -> bool:
        return self.areas > 0 or bool(self.codes)


def shapes() -> list[Shape]:
    return [Shape(**one) for one in tomllib.loads(SHAPES.read_text(encoding="utf-8"))["shape"]]


def write_rule_sets(folder: Path) -> None:
    """Rule sets of one, six and twelve grades, as folders of rule files."""
    for name, count in (("one_grade", 1), ("six_grades", 6), ("twelve_grades", 12)):
        numbers = range(1, count + 1)
        grades = (f'[[grade]]\ncode = "g{n}"\nname = {{ zh = "{n}级", en = "Grade {n}" }}\n' for n in numbers)
        bands = (
            f'[[band]]\ngrade = "g{n}"\nquote = "band {n}"\n' + (f"below = {n}\n" if n < count else "") for n in numbers
        )
        (folder / name).mkdir()
        parts = {"grades": grades, "bands": bands, "intervals": (f"g{n} = {{ officer = 30 }}" for n in numbers)}
        text = RULE.format(count=count, **{part: "\n".join(lines) for part, lines in parts.items()})
        (folder / name / "2018-01-01.toml").write_text(text, encoding="utf-8")


def bring_in(engine: Engine, folder: Path, shape: Shape) -> None:
    """Imports the city's files, one after the other, as the command does."""
    for mapping, file in _files(folder, shape):
        name = f"{shape.code}_{file.stem}"
        outcome = import_file(engine, SYSTEM, mapping_of(name, mapping), file, ON, actor=COMMAND_LINE, read=read_here)
        assert outcome.faults == [], (shape.code, file.name, outcome.faults)


def _files(folder: Path, shape: Shape) -> Iterator[tuple[str, Path]]:
    levels = "\n".join(f"{level} = {LEVEL_NAMES[level]}" for level in shape.levels)
    city = CITY.format(code=shape.code, rule_sets=json.dumps(list(shape.rule_sets)), levels=levels)
    if shape.has_areas:
        for level, features in _areas(shape):
            file = folder / f"areas_{level}.geojson"
            file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
            above = shape.levels[max(shape.levels.index(level) - 1, 0)]
            parent = f'parent = {{ level = "{above}", code = {{ column = "parent" }} }}' if above != level else ""
            text = AREAS.format(code=shape.code, parent=parent)
            yield (text.replace(f'city = "{shape.code}"\n', "") + city if above == level else text), file
    if shape.buildings:
        places = shape.levels if shape.has_areas and shape.placed else ()
        text = BUILDINGS.format(
            city=f"[city]{city.split('[city]')[1]}", areas="\n".join(f'{level} = "by place"' for level in places)
        )
        yield text, write_csv(folder / "buildings.csv", list(_buildings(shape)))
    for target, days in (("inspection", shape.visits), ("hazard", shape.hazards), ("event", shape.cases)):
        if days:
            text = FACTS.format(code=shape.code, target=target) + MORE[target]
            yield text, write_csv(folder / f"facts_{target}.csv", list(_facts(shape, days)))
    if shape.homes:
        yield HOMES.format(code=shape.code), write_csv(folder / "homes.csv", list(_facts(shape, shape.homes)))


def _areas(shape: Shape) -> Iterator[tuple[str, list[dict]]]:
    """Areas beside each other in a row, the first of them wide enough for all buildings of a city."""
    above = ""
    for level in shape.levels:
        codes = (
            shape.codes if shape.codes and level == shape.levels[-1] else [f"{level}-{n}" for n in range(shape.areas)]
        )
        side = SIDE / len(codes)
        yield (
            level,
            [
                {
                    "type": "Feature",
                    "properties": {"level": level, "code": code, "name": shape.area_name or code, "parent": above},
                    "geometry": square(WEST + 0.01 + n * side, SOUTH + 0.01, side),
                }
                for n, code in enumerate(codes)
            ],
        )
        above = codes[0]


def _buildings(shape: Shape) -> Iterator[dict[str, str]]:
    for n in range(shape.buildings):
        lon = WEST + 0.012 + (0 if shape.one_point else n * SIDE / 4)
        place = {"lon": "", "lat": ""} if shape.off_map else {"lon": f"{lon:.6f}", "lat": f"{SOUTH + 0.012:.6f}"}
        yield {"code": f"B{n}", "name": f"House {n}"} | place


def _facts(shape: Shape, days: Sequence[str]) -> Iterator[dict[str, str]]:
    for n in range(shape.buildings):
        for number, day in enumerate(days):
            yield {"key": f"{n}-{number}", "building": f"B{n}", "day": day, "passed": str((n + number) % 2)}
