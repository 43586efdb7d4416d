"""An export holds what its viewer may see of Lockside on the day, and no more."""

from dataclasses import replace

import numpy as np
import pytest

from data.access.roles import SYSTEM, AccessScope
from data.city import queries
from data.city.snapshots import seen_by
from data.db.engine import writing
from data.db.models.city import HAZARD_GROUPS, Building
from data.exports import rows as export_rows
from data.exports.rows import Batch, CityChanged, Export, Wording, column_kinds, rows_seen
from tests.data.lockside import CAST, CROWDED_CORNER, FAR_FIRST, LANTERN_HALL, MILL_YARD, NORTH, ON, PLUM_COURT, SOUTH
from tests.data.town_hall import NOBODY, Town


def exported(town: Town, scope: AccessScope, english: bool = True, chosen: np.ndarray | None = None) -> Export:
    whole = town.snapshot()
    day = whole if scope.sees_every_kind else seen_by(scope, whole)
    with town.looked_at() as (session, city):
        rows = rows_seen(session, scope, city, day, np.ones(day.size, bool) if chosen is None else chosen)
        every = queries.areas(session, scope, city)["id"]
        names = {area: (name, f"{name} (en)") for area, (name, _) in queries.area_names(session, scope, every).items()}
        session.expunge_all()
    grades = {
        name: [*(grade.name.en if english else grade.name.zh for grade in edition.grades), "unrated"]
        for name, edition in day.editions.items()
    }
    headings = {key: f"<{key}>" for key in column_kinds(scope, city, day)}
    wording = Wording(english, headings, grades, {"mixed": "homes and shops"}, yes="yes", no="no")
    return Export(town.engine, scope, city, day, rows, wording, names, about=())


def table(export: Export) -> list[dict]:
    """One dictionary a row, in order."""
    keys = [column.key for column in export.columns]
    return [
        dict(zip(keys, values, strict=True))
        for batch in export.batches()
        for values in zip(*(batch[key] for key in keys), strict=True)
    ]


def by_name(export: Export) -> dict[str, dict]:
    return {row["name"]: row for row in table(export)}


def test_every_building_is_a_row_in_the_order_they_came(lockside):
    export = exported(lockside, SYSTEM)
    assert [row["name"] for row in table(export)] == [house.name for house in CAST]
    assert [column.heading for column in export.columns] == [f"<{column.key}>" for column in export.columns]


def test_a_row_says_what_is_known_of_its_building(lockside):
    row = by_name(exported(lockside, SYSTEM))["Crowded Corner"]
    assert row | {"qishuyan_as_published_grade": "", "qishuyan_as_published_score": 0} == {
        "code": "crowded-corner",
        "name": "Crowded Corner",
        "address": "1 Crowded Corner Lane",
        "district": "town-district (en)",
        "street": "south-street (en)",
        "community": "south-community (en)",
        "grid": "south-grid (en)",
        "lon": 113.9206,
        "lat": 22.5506,
        "homes": 12,
        "floors": 6,
        "built": 1998,
        "use": "residential",
        "group_rental": "yes",
        "qishuyan_grade": row["qishuyan_grade"],
        "qishuyan_score": row["qishuyan_score"],
        "qishuyan_as_published_grade": "",
        "qishuyan_as_published_score": 0,
        "baoan_grade": row["baoan_grade"],
        "baoan_score": row["baoan_score"],
        "toronto_grade": "unrated",
        "toronto_score": None,
        "hazards_open": 2,
        "hazards_overdue": 1,
        "days_since_visit": 366,
        "vacant_homes": 0,
    }


def test_grades_scores_and_vacancies_are_those_of_the_day(lockside):
    day, rows, known = lockside.snapshot(), lockside.rows(), by_name(exported(lockside, SYSTEM))
    for house in CAST:
        row = known[house.name]
        assert row["vacant_homes"] == house.vacant(ON)
        for rule_set, edition in day.editions.items():
            grade, score = (columns[rule_set][rows[house.name]] for columns in (day.grades, day.scores))
            assert row[f"{rule_set}_grade"] == (edition.grades[grade].name.en if grade >= 0 else "unrated")
            assert row[f"{rule_set}_score"] == (round(float(score), 4) if grade >= 0 else None)
    assert known[LANTERN_HALL.name]["vacant_homes"] == 2
    assert known["Never House"]["days_since_visit"] is None
    assert known["Never House"]["group_rental"] is None
    assert known["Harbour Row"]["use"] == "homes and shops"


def test_buildings_off_the_map_have_no_coordinates_and_the_others_theirs_in_wgs84_whatever_the_ground(lockside):
    export = exported(lockside, SYSTEM)
    shifted = replace(export, day=replace(export.day, city_facts=lockside.city_facts(datum="GCJ02")))
    ids = shifted.day.city_facts.buildings["id"]
    shifted = replace(shifted, rows=np.argsort(ids))
    for rows in (by_name(export), by_name(shifted)):
        for house in CAST:
            known = house.lonlat if house not in FAR_FIRST else (None, None)
            assert (rows[house.name]["lon"], rows[house.name]["lat"]) == known


def test_words_come_in_the_language_asked_for(lockside):
    row = by_name(exported(lockside, SYSTEM, english=False))[PLUM_COURT.name]
    assert row["street"] == "north-street"
    assert row["baoan_grade"] == lockside.snapshot().editions["baoan"].grades[-1].name.zh


def test_only_the_chosen_rows_go_out(lockside):
    chosen = np.zeros(lockside.snapshot().size, bool)
    chosen[[lockside.rows()[house.name] for house in (MILL_YARD, PLUM_COURT)]] = True
    assert [row["name"] for row in table(exported(lockside, SYSTEM, chosen=chosen))] == ["Plum Court", "Mill Yard"]


@pytest.mark.parametrize("street", [NORTH, SOUTH])
def test_a_viewer_of_a_street_takes_along_that_street(lockside, street):
    rows = table(exported(lockside, lockside.scope_of(street)))
    assert [row["name"] for row in rows] == [house.name for house in CAST if house.street == street]
    assert {row["street"] for row in rows} == {f"{street}-street (en)"}


@pytest.mark.parametrize("scope", [NOBODY, AccessScope("public", areas=None), AccessScope("guest", areas=None)])
def test_who_sees_nothing_takes_nothing_along(lockside, scope):
    assert table(exported(lockside, scope)) == []


def test_a_department_takes_along_its_own_hazards_only(lockside):
    export = exported(lockside, AccessScope("department", areas=None, hazard_groups=("fire",)))
    rows = by_name(export)
    assert set(rows) == {"Mill Yard", "Crowded Corner", "Mended Cottage"}  # each had a hazard of fire
    assert (rows["Crowded Corner"]["hazards_open"], rows["Crowded Corner"]["hazards_overdue"]) == (1, 0)
    assert "vacant_homes" not in rows["Mill Yard"]


def test_a_departments_counts_are_its_own_even_where_the_day_was_counted_for_all(lockside):
    scope = AccessScope("department", areas=None, hazard_groups=("fire",))
    export = replace(exported(lockside, scope), day=lockside.snapshot())
    assert len(HAZARD_GROUPS) > 1
    assert by_name(export)[CROWDED_CORNER.name]["hazards_open"] == 1


def test_who_may_not_see_hazards_or_homes_has_no_column_of_them(lockside):
    of_all = {column.key for column in exported(lockside, SYSTEM).columns}
    with lockside.looked_at() as (_, city):
        named = column_kinds(AccessScope("public", areas=None), city, lockside.snapshot())
    of_nobody = {name.removesuffix("_seen") for name in named}  # a score by what its reader may see has another name
    assert of_all - of_nobody == {"hazards_open", "hazards_overdue", "vacant_homes"}


def test_an_operator_takes_along_buildings_with_public_homes_only(lockside):
    assert set(by_name(exported(lockside, AccessScope("operator", areas=None)))) == {LANTERN_HALL.name}


def test_rows_that_are_no_longer_the_viewers_are_not_let_out(lockside):
    export = replace(exported(lockside, SYSTEM), scope=lockside.scope_of(SOUTH))
    with pytest.raises(CityChanged, match="export it again"):
        table(export)


def test_rows_come_in_batches_and_a_building_removed_meanwhile_ends_the_export(own_lockside, monkeypatch):
    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", 4)
    export = exported(own_lockside, SYSTEM)
    batches: list[Batch] = []
    with pytest.raises(CityChanged):
        for batch in export.batches():
            batches.append(batch)
            with writing(own_lockside.engine, SYSTEM) as session:
                session.query(Building).filter(Building.code == "maple-tower").update({"city_id": 2})
    assert [len(batch["code"]) for batch in batches] == [4, 4]
