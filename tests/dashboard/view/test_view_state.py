"""A view as an address and back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.i18n import LANGUAGES
from dashboard.themes.registry import OVERLAYS
from dashboard.view.view_state import UNVISITED_DAYS, CityOptions, ViewState, query_of, view_of
from data.city.filters import UNRATED, Filters, Moved
from data.city.snapshots import HAZARD_STATES, NEVER
from data.db.models.city import HAZARD_GROUPS

GRADES = {"qishuyan": ("red", "yellow", "green", "star"), "baoan": ("0", "1", "2", "3")}
AREAS = {"street:1": 11, "street:2": 12, "community:1": 21, "street:C,1": 13, "street:C%2C1": 14, "street:%25": 15}
AREAS |= {f"grid:{code}": 30 + n for n, code in enumerate(('"', "a/b", "a b", "街#1", "a&area=1", "a:b", ","))}
NAMES = ("city", "lang", "day", "show", "over", "area", "areas", "building", "hazard", "state", "unvisited", "moved")
WORDS = st.text("abcredyellow019,:-_%&=#'\" 区", max_size=12)


def options(is_default: bool = True) -> CityOptions:
    return CityOptions(
        city="riverton",
        is_default=is_default,
        first_day=date(2021, 7, 1),
        last_day=date(2026, 6, 30),
        grades=GRADES,
        areas=AREAS,
        levels=("street", "community"),
        **({"public_homes": True} if "public_homes" in CityOptions.__dataclass_fields__ else {}),
    )


def some_of(values) -> st.SearchStrategy[tuple]:
    return st.lists(st.sampled_from(tuple(values)), unique=True, max_size=4).map(tuple)


@st.composite
def views(draw, offered: CityOptions) -> ViewState:
    areas = draw(some_of(AREAS))
    graded = ((name, draw(some_of((*codes, UNRATED)))) for name, codes in GRADES.items())
    on = draw(st.dates(offered.first_day, offered.last_day))
    return ViewState(
        city=offered.city,
        on=on,
        theme=draw(st.sampled_from(offered.themes)),
        language=draw(st.sampled_from(list(LANGUAGES))),
        overlays=draw(some_of(tuple(OVERLAYS))),
        outlines=draw(st.sampled_from((None, *offered.levels))),
        building=draw(st.none() | st.text(min_size=1)),
        areas=areas,
        filters=Filters(
            areas=tuple(AREAS[area] for area in areas),
            grades=tuple((name, codes) for name, codes in graded if codes),
            hazard_group=draw(st.sampled_from((None, *HAZARD_GROUPS))),
            hazard_state=draw(st.sampled_from((None, *HAZARD_STATES))),
            unvisited_days=draw(st.sampled_from((None, *UNVISITED_DAYS, NEVER))),
            group_rental=draw(st.sampled_from((None, True, False))),
            vacant=draw(st.booleans()),
            moved=draw(moves(offered, on)) if on > offered.first_day else None,
        ),
    )


def moves(offered: CityOptions, on: date) -> st.SearchStrategy[Moved | None]:
    """Nothing, or grades that changed since a day before."""

    def of(rule_set: str) -> st.SearchStrategy[Moved]:
        since = st.dates(offered.first_day, on - timedelta(days=1))
        code = st.sampled_from((*GRADES[rule_set], UNRATED))
        directed = st.builds(Moved, st.just(rule_set), since, direction=st.sampled_from(("worse", "better")))
        between = st.builds(Moved, st.just(rule_set), since, before=code | st.none(), after=code | st.none())
        return directed | between.filter(lambda moved: moved.before or moved.after)

    return st.none() | st.sampled_from(tuple(GRADES)).flatmap(of)


@given(st.data(), st.booleans())
def test_a_view_comes_back_from_its_address_as_it_was(data, usual):
    offered = options(usual)
    view = data.draw(views(offered))
    assert view_of(query_of(view, offered), offered) == (view, ())


@given(st.dictionaries(st.sampled_from((*NAMES, *GRADES, "group_rental", "vacant", "other")), WORDS))
def test_any_address_gives_a_view_whose_own_address_gives_it_back(query):
    view, _ = view_of(query, options())
    again, unknown = view_of(query_of(view, options()), options())
    assert (again, unknown) == (view, ())


def test_what_means_nothing_here_is_passed_over_and_named():
    query = {"show": "weather", "lang": "xx", "qishuyan": "purple,red", "area": "street:9", "over": "rain,vacant"}
    view, unknown = view_of(query, options())
    assert set(unknown) == {"show=weather", "lang=xx", "qishuyan=purple", "area=street:9", "over=rain"}
    assert (view.theme, view.language, view.overlays, view.areas) == ("qishuyan", "zh", ("vacant",), ())
    assert view.filters == Filters(grades=(("qishuyan", ("red",)),))


def test_a_day_out_of_reach_becomes_the_nearest_one_and_is_named():
    offered = options()
    for asked, given_ in (
        (offered.last_day + timedelta(days=1), offered.last_day),
        (offered.first_day - timedelta(days=1), offered.first_day),
    ):
        view, unknown = view_of({"day": asked.isoformat()}, offered)
        assert (view.on, unknown) == (given_, (f"day={asked}",))


def test_the_usual_view_has_an_empty_address():
    view, _ = view_of({}, options())
    assert query_of(view, options()) == {}
    assert query_of(view, options(is_default=False)) == {"city": "riverton"}


@pytest.mark.parametrize(
    "asked",
    ["qishuyan:2026-06-30:worse", "qishuyan:2020-01-01:worse", "qishuyan:soon:worse", "qishuyan:2026-05-31:up",
     "qishuyan:2026-05-31:>", "qishuyan:2026-05-31:purple>red", "weather:2026-05-31:worse", "worse"],
)  # fmt: skip
def test_a_flow_of_grades_that_cannot_be_is_passed_over_and_named(asked):
    view, unknown = view_of({"moved": asked}, options())
    assert (view.filters.moved, unknown) == (None, (f"moved={asked}",))
