"""A city's clock decides the day: of an instant in a file, and of what lies in the future."""

from datetime import UTC, date, datetime

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from data.db.models.city import City, Inspection
from data.importing.errors import WrongMapping
from data.importing.writing import run
from tests.data.riverton import BUILDINGS, CAST, PLUM, QUIET_VISIT, VISITS, reasons, sentence, write_csv

TORONTO_TIME = BUILDINGS.replace("[city]", '[city]\ntime_zone = "America/Toronto"')


def days(desk) -> list[str]:
    return [str(one.day) for one in desk.rows(Inspection, Inspection.source_key)]


def visit(number: int, day: str) -> dict[str, str]:
    return QUIET_VISIT | {"id": str(number), "day": day}


def test_an_instant_is_the_day_in_the_citys_zone(desk):
    desk.buildings(*CAST)
    stamps = ["2024-01-05T08:00:00+08:00", "2024-01-04T16:00:00Z", "2024-01-04T15:59:59Z", "1704412800000"]
    stamps += ["2024-01-05T00:00:00.000", "2024-01-05 00:00:00"]
    assert desk.visits(*(visit(number, stamp) for number, stamp in enumerate(stamps))).faults == []
    assert days(desk) == ["2024-01-05", "2024-01-05", "2024-01-04", "2024-01-05", "2024-01-05", "2024-01-05"]


def test_a_mapping_may_say_which_zone_that_is(desk):
    desk.buildings(*CAST, mapping=TORONTO_TIME)
    assert [one.time_zone for one in desk.rows(City)] == ["America/Toronto"]
    stamps = ["2024-01-05T08:00:00+08:00", "2024-03-10T05:00:00Z", "2024-03-11T03:59:59Z", "2024-03-11T04:00:00Z"]
    desk.visits(*(visit(number, stamp) for number, stamp in enumerate(stamps)))
    assert days(desk) == ["2024-01-04", "2024-03-10", "2024-03-10", "2024-03-11"]
    desk.buildings(PLUM)
    assert [one.time_zone for one in desk.rows(City)] == [None]


def test_a_zone_that_is_not_there_is_refused(desk):
    with pytest.raises(WrongMapping, match="city: 'time_zone' says 'Asia/Peking'; write it like Asia/Shanghai"):
        desk.mapping(BUILDINGS.replace("[city]", '[city]\ntime_zone = "Asia/Peking"'))


@pytest.mark.parametrize("preview", [True, False])
def test_a_server_in_utc_takes_this_mornings_visits_and_none_of_tomorrow(desk, monkeypatch, preview):
    desk.buildings(*CAST)
    before_eight = datetime(2024, 1, 4, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(run, "today_in", lambda zone: before_eight.astimezone(zone).date())
    path = write_csv(desk.folder / "visits.csv", [visit(1, "2024-01-05"), visit(2, "2024-01-05T00:10:00+08:00")])
    assert desk.hand_in(VISITS, path, None, preview).tallies["inspections"].new == 2
    path = write_csv(desk.folder / "visits.csv", [visit(3, "2024-01-06")])
    outcome = desk.hand_in(VISITS, path, None, preview)
    assert reasons(outcome) == ["date_in_future"]
    assert "lies after 2024-01-05, the day of this import" in sentence(outcome)


def test_what_was_recorded_this_morning_bears_the_day_in_the_city(desk, monkeypatch):
    desk.buildings(*CAST)
    monkeypatch.setattr(run, "today_in", lambda zone: datetime(2024, 1, 4, 23, tzinfo=UTC).astimezone(zone).date())
    desk.hand_in(VISITS, write_csv(desk.folder / "visits.csv", [visit(1, "2024-01-05")]), None)
    assert [one.recorded_on for one in desk.rows(Inspection)] == [date(2024, 1, 5)]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        (["2024-01-05 07:30:00", "2024-03-01 00:10:00"], ["2024-01-05", "2024-03-01"]),
        (["2024-01-05 07:30:00+08:00", "2024-03-01 00:10:00+08:00"], ["2024-01-05", "2024-03-01"]),
        (["2024-01-04 23:30:00+00:00", "2024-02-29 15:59:00+00:00"], ["2024-01-05", "2024-02-29"]),
    ],
    ids=["as the clock on the wall", "eight hours ahead", "utc"],
)
def test_the_times_of_a_geopackage_are_read_without_naming_a_form(desk, stamps, expected):
    desk.buildings(*CAST)
    rows = pd.DataFrame([visit(number, "") for number in range(len(stamps))])
    rows["day"] = pd.to_datetime(stamps)
    path = desk.folder / "visits.gpkg"
    frame = gpd.GeoDataFrame(rows, geometry=[shapely.Point(113.9, 22.5)] * len(stamps), crs=4326)
    pyogrio.write_dataframe(frame, path, driver="GPKG")
    mapping = VISITS.replace('format = "csv"', 'format = "gpkg"').replace(', date = ["%Y-%m-%d", "%d/%m/%Y"]', "")
    assert desk.hand_in(mapping, path).faults == []
    assert days(desk) == expected
