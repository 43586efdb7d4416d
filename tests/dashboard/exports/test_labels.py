"""What an export says of itself: for whom it was made, of what, under which filters, in either language."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import CityContext, city_context, snapshot
from dashboard.exports import labels
from dashboard.i18n import translator
from dashboard.view.view_state import view_of
from data.access.roles import SYSTEM, AccessScope
from data.access.sessions import AuthSession
from data.audit.trail import Actor
from data.exports.rows import column_kinds
from tests.data.lockside import NORTH, ON, SOUTH
from tests.data.town_hall import CITY

EN, ZH = translator("en"), translator("zh")
LEADER = AccessScope("leader", areas=None)
MADE = datetime(2024, 7, 1, 9, 30, 15, 123, tzinfo=UTC)


@pytest.fixture
def context(two_towns) -> CityContext:
    return city_context(SYSTEM, CITY)


@pytest.fixture
def areas(two_towns) -> dict[str, int]:
    return {name: two_towns.area("street", name) for name in (NORTH, SOUTH)}


def test_who_sees_the_whole_city_is_said_to(context):
    assert labels.seen_in_words(LEADER, context, EN) == "leader · the whole city"
    assert (
        labels.seen_in_words(AccessScope("police", cities=(context.city.id,)), context, EN) == "police · the whole city"
    )


def test_who_sees_some_areas_is_said_to_see_those(context, areas):
    both = AccessScope("police", areas=(areas[NORTH], areas[SOUTH], -1), cities=(context.city.id + 1,))
    assert labels.seen_in_words(both, context, EN) == "police · north-street, south-street"
    assert labels.seen_in_words(both, context, ZH) == f"{ZH('role.police')} · north-street、south-street"


def test_areas_are_called_what_the_language_calls_them(context, areas):
    renamed = context.areas.astype({"name_en": object})
    renamed.loc[renamed["id"] == areas[SOUTH], ["name", "name_en"]] = "南街", "South Street"
    of_two_names = replace(context, areas=renamed)
    scope = AccessScope("police", areas=(areas[SOUTH],))
    view, _ = view_of({"area": f"street:{SOUTH}"}, context.options)
    for t, name in ((EN, "South Street"), (ZH, "南街")):
        assert labels.seen_in_words(scope, of_two_names, t) == f"{t('role.police')} · {name}"
        assert name in labels.filters_in_words(of_two_names, view, t)


def test_a_departments_groups_and_an_operators_buildings_are_named(context):
    department = AccessScope("department", areas=None, hazard_groups=("fire", "hygiene"))
    operator = AccessScope("operator", areas=None)
    assert labels.seen_in_words(department, context, EN) == (
        "department · the whole city · only buildings with hazards of Fire, Hygiene"
    )
    assert labels.seen_in_words(operator, context, EN) == (
        "operator of public housing · the whole city · only buildings with public-rental homes"
    )


def test_a_role_without_a_name_is_called_by_its_own(context):
    assert labels.seen_in_words(AccessScope("king", areas=None), context, EN) == "king · the whole city"


def filters_told(context: CityContext, **query: str) -> list[str]:
    view, unknown = view_of(query, context.options)
    assert not unknown
    return labels.filters_in_words(context, view, EN).split("; ")


def test_every_filter_is_told_by_its_name_and_value(context):
    assert filters_told(context) == ["none (every building the account may see)"]
    assert filters_told(context, area=f"street:{NORTH},street:{SOUTH}") == ["Area: north-street, south-street"]
    assert filters_told(context, qishuyan="red,unrated") == [
        f"Colour classes: {context.editions['qishuyan'].grades[0].name.en}, {EN('grade.unrated')}"
    ]
    assert filters_told(context, hazard="fire", state="overdue") == ["Hazard group: Fire", "Hazard state: Overdue"]
    assert filters_told(context, unvisited="never") == ["Since the last visit: Never visited"]
    assert filters_told(context, unvisited="90") == ["Since the last visit: 90 days or more"]
    assert filters_told(context, group_rental="1", vacant="1") == ["Group rental: Yes", "With vacant public homes: Yes"]
    assert filters_told(context, group_rental="0") == ["Group rental: No"]


def lines(context: CityContext, scope: AccessScope = LEADER, rows: np.ndarray | None = None, t=EN) -> dict[str, tuple]:
    day = snapshot(SYSTEM, CITY, context.version, ON)
    view, _ = view_of({"day": ON.isoformat()}, context.options)
    user = CurrentUser(AuthSession(1, 1, "li", scope), Actor("li", scope.role, "10.0.0.7"))
    rows = np.arange(day.size) if rows is None else rows
    return {line.key: (line.heading, line.text) for line in labels.about(user, context, view, day, rows, MADE, t)}


def test_an_export_says_what_when_for_whom_and_by_which_rules(context):
    told = lines(context)
    edition = context.editions["qishuyan"]
    assert told["city"] == ("City", "Lockside")
    assert told["day"] == ("As of", "2024-06-30")
    assert told["rows"] == ("Buildings", "11")
    assert told["off_map"] == ("Of these without coordinates", "2")
    assert told["for_whom"] == ("Exported by", "li · leader · the whole city")
    assert told["made"] == ("Made at", "2024-07-01 09:30:15+00:00")
    assert told["rules_qishuyan"] == (
        "Rules of Colour classes",
        f"{edition.title.en}; source: {edition.source.en}; in force from {edition.in_force}",
    )
    assert {"rules_baoan", "rules_toronto", "rules_qishuyan_as_published"} <= set(told)
    assert told["keep"][1].startswith("Only the role named above")
    assert "invented" not in told
    assert "licence" not in told or told["licence"][1]
    assert lines(context, t=ZH)["city"][1] == "闸口"


def test_the_buildings_without_coordinates_are_counted_among_those_exported(context):
    assert lines(context, rows=np.arange(3))["off_map"][1] == "0"
    assert lines(context, rows=np.array([0, context.city_facts.n_on_map]))["off_map"][1] == "1"


def test_every_column_has_a_heading_and_every_grade_a_name(context):
    day = snapshot(SYSTEM, CITY, context.version, ON)
    for t in (EN, ZH):
        told = labels.wording(LEADER, context, day, t)
        assert told.english == (t is EN)
        assert list(told.headings) == list(column_kinds(LEADER, context.city, day))
        assert all(told.headings.values())
        for name, edition in day.editions.items():
            assert told.grades[name] == [
                *(getattr(grade.name, t.language) for grade in edition.grades),
                t("grade.unrated"),
            ]
        assert (told.yes, told.no) == (t("control.yes"), t("control.no"))
    told = labels.wording(LEADER, context, day, EN)
    assert told.headings["qishuyan_grade"] == "Colour classes: grade"
    assert told.headings["baoan_score"] == "Star ratings: score"
    assert told.headings["code"] == EN("card.code")
    assert told.headings["name"] == "Name"
    assert told.headings["street"] == "street"  # as the town calls it
    assert told.headings["hazards_open"] == "Open hazards"
    assert told.uses["mixed"] == EN("use.mixed")


def test_a_file_is_named_in_the_citys_words_and_in_plain_letters(context):
    assert labels.file_name(context, ON, "csv", ZH) == ("闸口-2024-06-30.csv", "lockside-2024-06-30.csv")
    assert labels.file_name(context, ON, "zip", EN) == ("Lockside-2024-06-30.zip", "lockside-2024-06-30.zip")
