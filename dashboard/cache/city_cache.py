"""What pages and routes need, loaded once and shared by every session; the viewer is part of every question."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
import streamlit as st
from sqlalchemy import Engine

from dashboard.cache import shared_results
from dashboard.cache.city_state import Builder, CityState, CityStates, Version, area_ids
from dashboard.cache.ratings import grades_in_force
from dashboard.look.area_classes import AreaClasses, area_classes
from dashboard.themes.registry import OVERLAYS, theme_named
from dashboard.view.area_labels import area_labels
from dashboard.view.basemap import basemap
from dashboard.view.view_state import CityOptions, ViewState
from data.access.roles import SYSTEM, AccessScope
from data.city import city_metadata, queries, summaries
from data.city.city_facts import CityFacts
from data.city.fact_store import store_folder
from data.city.filters import Filters, selected
from data.city.grade_history import History, history_file, history_up_to, stored_history
from data.city.rulebooks import editions_in_force
from data.city.snapshots import Snapshot, brought_up_to_date, placed_buildings, seen_by, snapshot_on
from data.city.visible_buildings import areas_of, visible_buildings
from data.db.engine import open_database, reading
from data.db.models.city import LEVELS, City
from geo.area_tiles import AreaIndex
from geo.density_tiles import Density
from geo.point_index import Selection
from geo.point_layer import PointLayer, Theme
from scoring.rulebook.editions import Rulebook
from scoring.rulebook.model import Edition
from scoring.studies.grade_changes import BETTER, WORSE

DAYS_KEPT, LAYERS_KEPT = 12, 48  # about 10 MB a day and 4 MB a layer at 175,700 buildings
SCOPES_KEPT = 256  # cities as different users see them; some 20 kB each where an officer sees a grid
# Hashing every field of a scope at each call would cost a third of a tile's time.
BY_CACHE_KEY: dict[str | type[Any], Callable[[Any], Any]] = {AccessScope: attrgetter("cache_key")}
cached = partial(st.cache_resource, show_spinner=False, hash_funcs=BY_CACHE_KEY)


@st.cache_resource(show_spinner=False)
def database() -> Engine:
    return open_database()


@st.cache_resource(show_spinner=False)
def city_states() -> CityStates:
    states = CityStates(database(), lambda: basemap().datum, _forget_stores)
    states.builder = new_builder()
    return states


def new_builder() -> Builder | None:
    """None unless a server puts another function here: all work is then done at once."""
    return None


def _forget_stores() -> None:
    """What holds a store's arrays would keep it in memory for as long as nobody fills its cache with others."""
    for kept in (_city_context, _snapshot, _stored_snapshot, _snapshot_seen, _changes_layer, _point_layer, _density):
        kept.clear()


@dataclass(frozen=True, eq=False)
class CityContext:
    """A city as one user may see it: its row, what may be chosen, its areas, its facts and its rules.

    packed: which buildings are the user's to see, as `np.packbits` has it; None for all of them.
    own_areas: the areas of the city that the user is limited to; None for whoever is not limited to any.
    is_behind: something newer is being made ready.
    """

    city: City
    options: CityOptions
    areas: pd.DataFrame
    city_facts: CityFacts
    rules: Rulebook
    version: Version
    editions: Mapping[str, Edition]  # in force on the last day; none where no rule set had begun
    packed: np.ndarray | None
    own_areas: tuple[int, ...] | None
    is_behind: bool

    @property
    def sees_all(self) -> bool:
        return self.packed is None

    @property
    def seen(self) -> np.ndarray:
        """Which buildings are the user's to see, bool (n,). Whatever is shown or counted begins with these rows."""
        if self.packed is None:
            return np.ones(self.city_facts.size, bool)
        return np.unpackbits(self.packed, count=self.city_facts.size).view(bool)

    @cached_property
    def buildings(self) -> int:
        return int(self.seen.sum())

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of what is seen, in degrees."""
        outlines = self.areas["outline"]
        if self.sees_all or outlines.empty:
            west, south, east, north = self.city.bounds
            return west, south, east, north
        narrowest = self.areas["level"] == self.areas["level"].iloc[-1]
        west, south, east, north = shapely.total_bounds(outlines[narrowest].to_numpy()).tolist()
        return west, south, east, north

    @cached_property
    def area_name(self) -> dict[int, tuple[str, str]]:
        """Chinese and English, told apart where two areas have one name."""
        return area_labels(self.areas, self.city.levels)

    @cached_property
    def area_name_on_map(self) -> dict[int, tuple[str, str]]:
        """As it is: where an area lies tells it from others of its name."""
        rows = self.areas[["id", "name", "name_en"]].itertuples(index=False)
        return {area: (name, name_en) for area, name, name_en in rows}


def cities(scope: AccessScope) -> list[City]:
    """Cities with a visible building, as data.city.queries.cities has them."""
    return list(_cities(scope))


def _cities(scope: AccessScope, seen: str = "") -> Iterator[City]:
    """The same, one after the other. seen: a city that is known to be among them.

    Where an officer sees areas only, the states of their cities are asked: a query would read half of a city's
    buildings each time.
    """
    if scope.areas is None or scope.is_row_filtered or not scope.can("buildings"):
        with reading(database(), scope) as session:
            yield from queries.cities(session, scope)
        return
    with reading(database(), SYSTEM) as session:
        with_areas = city_metadata.cities_of_areas(session, scope.areas)
        every = queries.cities(session, SYSTEM)
    for city in every:
        is_known = city.id in scope.cities or city.code == seen
        if is_known or (city.id in with_areas and _sees(scope, city.code)):
            yield city


def _sees(scope: AccessScope, code: str) -> bool:
    try:
        city_context(scope, code)
    except queries.NoSuchCity:
        return False
    return True


def city_context(scope: AccessScope, code: str) -> CityContext:
    """Raises NoSuchCity."""
    state = city_states().current(code)
    context = _city_context(scope, code, state.version)
    return replace(context, is_behind=True) if state.is_behind else context


@cached(max_entries=SCOPES_KEPT)
def _city_context(scope: AccessScope, code: str, version: Version) -> CityContext:
    state = city_states().at(code, version)
    city, facts, areas = state.city, state.city_facts, state.areas
    seen = visible_buildings(scope, city.id, facts)
    if seen is not None:
        if not seen.any():
            raise queries.no_such_city(code)
        areas = areas[areas["id"].isin(areas_of(facts, seen))].reset_index(drop=True)
    editions = editions_in_force(state.rules, city.rule_sets, state.last_day)
    homes = facts.buildings["public_homes"]
    options = CityOptions(
        city=code,
        is_default=next(_cities(scope, seen=code)).code == code,
        first_day=max((state.first_day, *(state.rules.begins(name) for name in editions))),
        last_day=state.last_day,
        grades={name: tuple(grade.code for grade in edition.grades) for name, edition in editions.items()},
        areas=state.area_ids if seen is None else area_ids(areas),
        levels=tuple(level for level in LEVELS if (areas_on(areas, state.last_day)["level"] == level).any()),
        ended=_ended(areas),
        public_homes=scope.can("homes") and bool((homes if seen is None else homes & seen).any()),
    )
    packed = None if seen is None else np.packbits(seen)
    limited = scope.areas is not None and city.id not in scope.cities
    own = tuple(sorted(set(state.areas["id"].tolist()) & set(scope.areas or ()))) if limited else None
    return CityContext(city, options, areas, facts, state.rules, version, editions, packed, own, is_behind=False)


def areas_on(areas: pd.DataFrame, on: date) -> pd.DataFrame:
    """Those that there are at the end of a day, of areas as data.city.queries.areas gives them."""
    return areas[~(areas["ended_on"].to_numpy() <= np.datetime64(on, "s"))]


def _ended(areas: pd.DataFrame) -> dict[str, date]:
    """ "level:code" → the day from which an area is no more."""
    rows = areas.loc[areas["ended_on"].notna(), ["level", "code", "ended_on"]].itertuples(index=False)
    return {f"{level}:{code}": day.date() for level, code, day in rows}


def snapshot(scope: AccessScope, code: str, version: Version, on: date) -> Snapshot:
    """The city on a day, with the hazards and homes that are the viewer's to see; show its `seen` rows only."""
    _city_context(scope, code, version)  # raises NoSuchCity where nothing of it is the viewer's
    whole = _snapshot(code, version, on)
    return whole if scope.sees_every_kind else _snapshot_seen(scope, code, version, on)


@cached(max_entries=DAYS_KEPT)
def _snapshot(code: str, version: Version, on: date) -> Snapshot:
    """Kept once for everybody: rating a city anew for each of its streets would take their memory and time."""
    state = city_states().at(code, version)
    stored = _stored_snapshot(code, str(state.city_facts.stored.version), version.rules, on, state)
    return brought_up_to_date(stored, state.city_facts)


@st.cache_resource(max_entries=DAYS_KEPT, show_spinner=False)
def _stored_snapshot(code: str, stored_version: str, rules_version: int, on: date, _state: CityState) -> Snapshot:
    """Of what is stored alone, kept whatever was written since. What begins with `_` is no part of the key."""
    return snapshot_on(_state.city_facts.as_stored(), _state.rules, tuple(_state.city.rule_sets), on)


@cached(max_entries=DAYS_KEPT)
def _snapshot_seen(scope: AccessScope, code: str, version: Version, on: date) -> Snapshot:
    return seen_by(scope, _snapshot(code, version, on))


def history(scope: AccessScope, code: str, version: Version, rule_set: str) -> History | None:
    """Grades by month; None as long as they are being prepared."""
    _city_context(scope, code, version)  # raises NoSuchCity where nothing of it is the user's
    try:
        return _history(code, version, rule_set)
    except HistoryMissing:
        city_states().have_prepared(code)
        return None


class HistoryMissing(Exception):
    """Nobody has rated the past months yet. An exception, as an answer would be cached."""


@cached(max_entries=6)
def _history(code: str, version: Version, rule_set: str) -> History:
    state = city_states().at(code, version)
    folder = store_folder(code, state.city_facts.stored.version, basemap().datum)
    stored = stored_history(history_file(folder, state.rules, rule_set), rule_set, state.city_facts.size)
    if not len(stored.days):
        raise HistoryMissing
    return history_up_to(stored, state.city_facts, state.rules, state.last_day)


def _shared(scope: AccessScope, code: str, version: Version) -> AccessScope:
    """SYSTEM for whoever sees all of the city, so that what is worked out for one of them is there for all."""
    return SYSTEM if _city_context(scope, code, version).sees_all and scope.sees_every_kind else scope


def selected_buildings(scope: AccessScope, code: str, version: Version, on: date, filters: Filters) -> np.ndarray:
    """Which buildings the user may see and the filters leave, bool (n,)."""
    return _selected_buildings(_shared(scope, code, version), code, version, on, filters)


@cached(max_entries=24)
def _selected_buildings(scope: AccessScope, code: str, version: Version, on: date, filters: Filters) -> np.ndarray:
    context, day = _city_context(scope, code, version), snapshot(scope, code, version, on)
    earlier = None
    if filters.moved is not None:
        earlier = grades_in_force(context.city_facts, context.rules, filters.moved.rule_set, filters.moved.since)
    return context.seen & selected(day, filters, earlier)


def point_layer(scope: AccessScope, view: ViewState) -> PointLayer:
    context = city_context(scope, view.city)
    if view.changes:
        return _changes_layer(scope, view.city, context.version, view.changes)
    shared = _shared(scope, view.city, context.version)
    return _point_layer(shared, view.city, context.version, view.on, view.theme, view.overlays, view.filters)


@cached(max_entries=LAYERS_KEPT)
def _changes_layer(scope: AccessScope, code: str, version: Version, key: str) -> PointLayer:
    """Buildings that got worse or better in a comparison; the others are not drawn. Raises ComparisonGone."""
    context, direction = _city_context(scope, code, version), shared_results.load_changes(key)
    places, n_on_map = placed_buildings(context.city_facts), context.city_facts.n_on_map
    shown = context.seen & np.isin(direction, (WORSE, BETTER))
    classes = np.where(direction == BETTER, 1, 0).astype(np.int8)
    return PointLayer(Selection(places, shown[:n_on_map]), Theme(classes[:n_on_map], 3), {})


@cached(max_entries=LAYERS_KEPT)
def _point_layer(
    scope: AccessScope, code: str, version: Version, on: date, theme: str, overlays: tuple[str, ...], filters: Filters
) -> PointLayer:
    day = snapshot(scope, code, version, on)
    n_on_map = day.city_facts.n_on_map
    classes = theme_named(theme, day.editions).classes(day, filters)
    rows = (selected_buildings(scope, code, version, on, filters) & classes.shown)[:n_on_map]
    selection = Selection(day.places, None if rows.all() else rows)
    shown_on_top = {name: OVERLAYS[name].values(day, filters) for name in overlays}
    return PointLayer(selection, Theme(classes.codes[:n_on_map], classes.count), shown_on_top)


def density(scope: AccessScope, code: str, version: Version, on: date, filters: Filters) -> Density:
    return _density(_shared(scope, code, version), code, version, on, filters)


@cached(max_entries=LAYERS_KEPT)
def _density(scope: AccessScope, code: str, version: Version, on: date, filters: Filters) -> Density:
    rows = selected_buildings(scope, code, version, on, filters)
    day = snapshot(scope, code, version, on)
    return Density(Selection(day.places, rows[: day.city_facts.n_on_map]))


def outlines(scope: AccessScope, code: str, version: Version, level: str, on: date | None = None) -> AreaIndex:
    """The areas of a level on a day, ready to be cut into tiles; in the datum of the tile service. on: as for
    `level_areas`."""
    shared, imported = _shared(scope, code, version), _imported(scope, code, version)
    options = _city_context(scope, code, version).options
    endings = (day for day in options.ended.values() if day <= (on or options.last_day))
    return _outlines(shared, code, imported, level, as_on=max(endings, default=date.min))


@cached(max_entries=16)
def _outlines(scope: AccessScope, code: str, version: Version, level: str, as_on: date) -> AreaIndex:
    areas = level_areas(_city_context(scope, code, version), level, as_on)
    return AreaIndex.of(basemap().shifted(areas["outline"].to_numpy()), areas["id"].tolist())


def _imported(scope: AccessScope, code: str, version: Version) -> Version:
    """The version that has all of the areas and buildings of this one: single facts leave them as they are for whoever
    sees all of the city."""
    shared = _shared(scope, code, version)
    return city_states().at(code, version).areas_since if shared == SYSTEM else version


class NotDrawn(NamedTuple):
    """What a map leaves out. off_map: buildings that are rated, by the reason; rejected: rows of files."""

    off_map: dict[str, int]
    rejected: int


def not_drawn(scope: AccessScope, code: str, version: Version) -> NotDrawn:
    return _not_drawn(scope, code, _imported(scope, code, version))


@cached(max_entries=LAYERS_KEPT)
def _not_drawn(scope: AccessScope, code: str, version: Version) -> NotDrawn:
    with reading(database(), scope) as session:
        city = _city_context(scope, code, version).city
        return NotDrawn(queries.off_map_counts(session, scope, city), queries.rejected_row_count(session, scope, city))


def level_areas(context: CityContext, level: str, on: date | None = None) -> pd.DataFrame:
    """The areas of a level that there are at the end of a day; of the last day, unless it is said."""
    areas = areas_on(context.areas, on or context.options.last_day)
    return areas[areas["level"] == level].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Choropleth:
    """Areas of a level by what the theme asks: value (areas,), and its classes."""

    value: np.ndarray
    classes: AreaClasses


def choropleth(scope: AccessScope, view: ViewState, level: str) -> Choropleth:
    version = city_context(scope, view.city).version
    return _choropleth(_shared(scope, view.city, version), view.city, version, view.on, view.theme, view.filters, level)


@cached(max_entries=LAYERS_KEPT)
def _choropleth(
    scope: AccessScope, code: str, version: Version, on: date, theme: str, filters: Filters, level: str
) -> Choropleth:
    day = snapshot(scope, code, version, on)
    ids = level_areas(_city_context(scope, code, version), level, on)["id"].to_numpy()
    rows = selected_buildings(scope, code, version, on, filters)
    area = summaries.area_places(day, level, ids)
    drawn = theme_named(theme, day.editions)
    value = drawn.area_values(day, filters, rows, area, len(ids))
    return Choropleth(value, area_classes(value, drawn.areas_show_shares))
