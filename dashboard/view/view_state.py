"""The address bar: a view of the map as a query string and back, so that it can be sent to a colleague.

Codes stand in the address, never words, so that a link opens in either language. Where the map is (zoom, centre)
stands behind the `#`, because panning must not rerun the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dashboard.i18n import DEFAULT_LANGUAGE, LANGUAGES
from dashboard.themes.registry import OVERLAYS, THEMES, offered
from data.city.filters import DIRECTIONS, UNRATED, Filters, Moved
from data.city.snapshots import HAZARD_STATES, NEVER
from data.db.models.city import HAZARD_GROUPS, LEVELS

UNVISITED_DAYS = (30, 60, 90, 180, 365)
FROM_TO = ">"  # between the grade before and the grade after
Query = dict[str, str]


@dataclass(frozen=True)
class CityOptions:
    """What a city offers: everything an address may name."""

    city: str
    is_default: bool  # the city that opens when the address names none
    first_day: date
    last_day: date
    grades: Mapping[str, tuple[str, ...]]  # rule set → grade codes, worst first
    areas: Mapping[str, int]  # "level:code" → id
    levels: tuple[str, ...]
    public_homes: bool  # whether the city has public-rental homes
    ended: Mapping[str, date] = field(default_factory=dict)  # "level:code" → from which day the area is no more

    def areas_on(self, on: date) -> Mapping[str, int]:
        """The areas there are at the end of a day."""
        if not self.ended:
            return self.areas
        return {code: id_ for code, id_ in self.areas.items() if self.ended.get(code, date.max) > on}

    @property
    def themes(self) -> tuple[str, ...]:
        return (*self.grades, *offered(THEMES, self.public_homes))

    @property
    def overlays(self) -> tuple[str, ...]:
        return offered(OVERLAYS, self.public_homes)


@dataclass(frozen=True)
class ViewState:
    """One view of one city: what is drawn, for which day, in which language, which building is open."""

    city: str
    on: date
    theme: str
    language: str = "zh"
    overlays: tuple[str, ...] = ()
    outlines: str | None = None  # the level whose areas are coloured
    building: str | None = None  # code
    changes: str | None = None  # key of a comparison kept in dashboard.cache.shared_results, drawn instead of the theme
    areas: tuple[str, ...] = ()  # "level:code"
    filters: Filters = field(default_factory=Filters)


def view_of(query: Mapping[str, str], options: CityOptions) -> tuple[ViewState, tuple[str, ...]]:
    """The view an address asks for, and the names in it that mean nothing here and were passed over."""
    unknown: list[str] = []

    def one(name: str, allowed) -> str | None:
        return next(iter(several(name, allowed)), None)

    def several(name: str, allowed) -> tuple[str, ...]:
        asked = list(dict.fromkeys(values_in(query.get(name, ""))))
        unknown.extend(f"{name}={value}" for value in asked if value not in allowed)
        return tuple(value for value in asked if value in allowed)

    on = _day(query, options, unknown)
    areas = several("area", options.areas_on(on))
    graded = ((name, several(name, (*codes, UNRATED))) for name, codes in options.grades.items())
    rented = one("group_rental", ("1", "0"))
    unvisited = one("unvisited", (*map(str, UNVISITED_DAYS), "never"))
    filters = Filters(
        areas=tuple(options.areas[area] for area in areas),
        grades=tuple((name, codes) for name, codes in graded if codes),
        hazard_group=one("hazard", HAZARD_GROUPS),
        hazard_state=one("state", HAZARD_STATES),
        unvisited_days=None if unvisited is None else NEVER if unvisited == "never" else int(unvisited),
        group_rental=None if rented is None else rented == "1",
        vacant=one("vacant", ("1",)) is not None,
        moved=_moved(query, options, on, unknown),
    )
    view = ViewState(
        city=options.city,
        on=on,
        theme=one("show", options.themes) or options.themes[0],
        language=one("lang", tuple(LANGUAGES)) or DEFAULT_LANGUAGE,
        overlays=several("over", options.overlays),
        outlines=one("areas", [level for level in LEVELS if level in options.levels]),
        building=query.get("building") or None,
        changes=query.get("moves") or None,
        areas=areas,
        filters=filters,
    )
    return view, tuple(unknown)


def list_of(values: Iterable[str]) -> str:
    """Values with commas between them; a comma within one is escaped, as codes of areas may hold any sign."""
    return ",".join(value.replace("%", "%25").replace(",", "%2C") for value in values)


def values_in(text: str) -> list[str]:
    """The values that `list_of` has put together."""
    return [value.replace("%2C", ",").replace("%25", "%") for value in text.split(",") if value]


def _day(query: Mapping[str, str], options: CityOptions, unknown: list[str]) -> date:
    asked = query.get("day")
    if not asked:
        return options.last_day
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        unknown.append(f"day={asked}")
        return options.last_day
    if not options.first_day <= day <= options.last_day:
        unknown.append(f"day={asked}")
    return min(max(day, options.first_day), options.last_day)


def moved_text(moved: Moved) -> str:
    """As it stands in the address: rule set, day, and "worse", "better", or the grades before and after."""
    what = moved.direction or f"{moved.before or ''}{FROM_TO}{moved.after or ''}"
    return f"{moved.rule_set}:{moved.since.isoformat()}:{what}"


def _moved(query: Mapping[str, str], options: CityOptions, on: date, unknown: list[str]) -> Moved | None:
    asked = query.get("moved")
    if not asked:
        return None
    rule_set, _, rest = asked.partition(":")
    since, _, what = rest.partition(":")
    moved = _moved_as(rule_set, since, what, options, on)
    if moved is None:
        unknown.append(f"moved={asked}")
    return moved


def _moved_as(rule_set: str, since: str, what: str, options: CityOptions, on: date) -> Moved | None:
    try:
        day = date.fromisoformat(since)
    except ValueError:
        return None
    if rule_set not in options.grades or not options.first_day <= day < on:
        return None
    if what in DIRECTIONS:
        return Moved(rule_set, day, direction=what)
    before, sign, after = what.partition(FROM_TO)
    known = {"", UNRATED, *options.grades[rule_set]}
    if not sign or not (before or after) or not {before, after} <= known:
        return None
    return Moved(rule_set, day, before=before or None, after=after or None)


def query_of(view: ViewState, options: CityOptions) -> Query:
    """The shortest query that gives this view back; defaults are left out."""
    query = layer_query(view, options) | {
        "city": "" if options.is_default else view.city,
        "lang": "" if view.language == DEFAULT_LANGUAGE else view.language,
        "areas": view.outlines or "",
        "building": view.building or "",
    }
    return {name: value for name, value in query.items() if value}


def layer_query(view: ViewState, options: CityOptions) -> Query:
    """The part of the query that decides what tiles and counts hold; the city comes with it."""
    filters = view.filters
    unvisited = "never" if filters.unvisited_days == NEVER else str(filters.unvisited_days or "")
    query = {
        "city": view.city,
        "day": "" if view.on == options.last_day else view.on.isoformat(),
        "show": "" if view.theme == options.themes[0] else view.theme,
        "over": list_of(view.overlays),
        "area": list_of(view.areas),
        **{name: list_of(codes) for name, codes in filters.grades},
        "hazard": filters.hazard_group or "",
        "state": filters.hazard_state or "",
        "unvisited": unvisited,
        "group_rental": "" if filters.group_rental is None else str(int(filters.group_rental)),
        "vacant": "1" if filters.vacant else "",
        "moved": "" if filters.moved is None else moved_text(filters.moved),
    }
    return {name: value for name, value in query.items() if value}


def with_building(view: ViewState, building: str | None) -> ViewState:
    return replace(view, building=building)
