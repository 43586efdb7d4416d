"""One question, one query, one function; each takes the access scope, and the day where an answer depends on it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import QueryableAttribute, Session, aliased

from data.access.fact_rights import can_see_item
from data.access.roles import AccessScope, Permission
from data.city.answer_text import joined_answers, split_answers
from data.db.building_search import candidates
from data.db.models.city import (
    CREDIT_STEPS,
    LEVELS,
    Area,
    AreaExpectation,
    Building,
    Checklist,
    City,
    CreditRecord,
    CreditRecordStep,
    Event,
    Hazard,
    HazardStep,
    Home,
    HomeState,
    Import,
    Inspection,
    Project,
    Rating,
    RatingCorrection,
    RejectedRow,
    RuleEdition,
)
from data.db.models.planning import OfficerLeave
from data.db.tables import table_of
from data.errors import DataError

ROWS_AT_ONCE = 200_000  # rows turned into arrays at a time: about 50 MB of Python objects
BuildingFact = type[Inspection] | type[Event] | type[Hazard]
CorrectableModel = BuildingFact | type[CreditRecord] | type[OfficerLeave]
Column = QueryableAttribute[int]
BuildingIds = np.ndarray | None  # of the city in question; None for all of them
ITS_AREAS = (Building.district_id, Building.street_id, Building.community_id, Building.grid_id)
LONGEST_SEARCH = 255  # characters; no code, name or address is longer


class BuildingRows(NamedTuple):
    """A row of the table of buildings, with its texts. lon, lat: WGS 84."""

    id: int
    code: str
    name: str
    address: str
    lon: float | None
    lat: float | None
    off_map: str | None
    homes: int | None
    floors: int | None
    built: int | None
    use: str | None
    group_rental: bool | None


class NoSuchCity(DataError):
    """The city asked for is not in the database."""


def visible_to(scope: AccessScope, permission: Permission = "buildings") -> ColumnElement[bool]:
    """The condition that a building, and what `permission` names at it, is visible in the scope."""
    if not scope.can("buildings") or not scope.can(permission):
        return false()
    conditions = [_in_its_areas(scope)]
    if scope.hazard_groups is not None:
        hazard = aliased(Hazard)  # a query may hold the table already
        of_groups = select(hazard.building_id).where(hazard.group.in_(scope.hazard_groups), uncorrected(hazard))
        conditions.append(Building.id.in_(of_groups))
    if scope.public_homes_only:
        home = aliased(Home)
        conditions.append(Building.id.in_(select(home.building_id)))
    return and_(*conditions)


def _in_its_areas(scope: AccessScope) -> ColumnElement[bool]:
    if scope.areas is None:
        return true()
    conditions = [column.in_(scope.areas) for column in ITS_AREAS if scope.areas]
    if scope.cities:
        conditions.append(Building.city_id.in_(scope.cities))
    return or_(false(), *conditions)


def _hazards_within(scope: AccessScope) -> ColumnElement[bool]:
    groups = true() if scope.hazard_groups is None else Hazard.group.in_(scope.hazard_groups)
    return and_(visible_to(scope, "hazards"), groups)


def cities(session: Session, scope: AccessScope) -> list[City]:
    """Cities with a visible building, in the order in which they were imported; then, for who would see all of them,
    those that have areas only."""
    visible = exists().where(Building.city_id == City.id, visible_to(scope))
    with_areas = and_(_sees_whole(scope), exists().where(Area.city_id == City.id))
    question = select(City).where(or_(visible, with_areas))
    return list(session.scalars(question.order_by(case((visible, 0), else_=1), City.id)))


def _sees_whole(scope: AccessScope) -> ColumnElement[bool]:
    """As AccessScope.sees_all_of."""
    if not scope.can("buildings") or scope.is_row_filtered:
        return false()
    return true() if scope.areas is None else City.id.in_(scope.cities)


def city_by_code(session: Session, scope: AccessScope, code: str) -> City:
    for city in cities(session, scope):
        if city.code == code:
            return city
    raise no_such_city(code)


def no_such_city(code: str) -> NoSuchCity:
    return NoSuchCity(
        "There is no city '{code}' here. Import its files first: python -m data import MAPPING FILE…", code=code
    )


def areas(session: Session, scope: AccessScope, city: City) -> pd.DataFrame:
    """Areas of the city, widest first: id, level, code, name, name_en, parent_id, ended_on, outline (shapely, WGS 84).

    Those that ended are among them: ended_on is the day from which an area is no more, NaT where it stands.

    A scope limited to areas sees the ones that hold a building within them.
    """
    names = ["id", "level", "code", "name", "name_en", "parent_id", "ended_on", "outline"]
    rows = session.execute(select(*(getattr(Area, name) for name in names)).where(Area.city_id == city.id)).all()
    frame = pd.DataFrame(rows, columns=names)
    frame["name_en"] = frame["name_en"].fillna(frame["name"])
    frame["ended_on"] = days(frame["ended_on"].tolist())
    frame["outline"] = shapely.from_wkb(frame["outline"].to_numpy()) if len(frame) else []
    if not scope.sees_all_of(city.id):
        frame = frame[frame["id"].isin(_visible_areas(session, scope, city))]
    widest_first = frame["level"].map({level: rank for rank, level in enumerate(LEVELS)})
    return frame.assign(rank=widest_first).sort_values(["rank", "code"]).drop(columns="rank").reset_index(drop=True)


def _visible_areas(session: Session, scope: AccessScope, city: City) -> set[int]:
    return {
        area
        for column in ITS_AREAS
        for area in session.scalars(select(column).where(Building.city_id == city.id, visible_to(scope)).distinct())
        if area is not None
    }


def area_expectations(session: Session, scope: AccessScope, city: City, on: date) -> pd.DataFrame:
    """How many buildings areas are thought to have, the latest figure up to `on`: area_id, buildings, source, day."""
    columns = (AreaExpectation.area_id, AreaExpectation.buildings, AreaExpectation.source, AreaExpectation.day)
    question = select(*columns).where(AreaExpectation.city_id == city.id, AreaExpectation.day <= on)
    if not scope.sees_all_of(city.id):
        question = question.where(AreaExpectation.area_id.in_(_visible_areas(session, scope, city)))
    frame = _to_frame(session, question.order_by(AreaExpectation.day, AreaExpectation.area_id))
    return frame.drop_duplicates("area_id", keep="last", ignore_index=True)


def buildings(session: Session, scope: AccessScope, city: City, of: BuildingIds = None) -> pd.DataFrame:
    """Every building once, without texts: what maps and charts need. of: these of its buildings only."""
    home = aliased(Home)
    columns = (
        *(Building.id, Building.key, Building.lon, Building.lat, Building.off_map),
        *ITS_AREAS,
        *(Building.homes, Building.floors, Building.built, Building.use, Building.group_rental, Building.ended_on),
        Building.id.in_(select(home.building_id)).label("public_homes"),
    )
    question = select(*columns).where(_of_city(Building.city_id, Building.id, city, of), visible_to(scope))
    return _to_frame(session, question.order_by(Building.id))


def building_ids(session: Session, scope: AccessScope, city: City) -> np.ndarray:
    """Ids of the visible buildings, int64, rising."""
    question = select(Building.id).where(Building.city_id == city.id, visible_to(scope)).order_by(Building.id)
    return np.fromiter(session.scalars(question.execution_options(yield_per=ROWS_AT_ONCE)), np.int64)


def building_rows(session: Session, scope: AccessScope, city: City, wanted: Sequence[int]) -> list[BuildingRows]:
    """The rows of the wanted buildings that are visible, by id."""
    city_id, *columns = (table_of(Building).c[name] for name in ("city_id", *BuildingRows._fields))
    question = select(city_id, *columns).where(Building.id.in_(wanted), visible_to(scope)).order_by(Building.id)
    # A condition on the city would have SQLite read the whole city by its index for every few buildings.
    return [BuildingRows._make(row) for of_city, *row in session.execute(question) if of_city == city.id]


def inspections(session: Session, scope: AccessScope, city: City, on: date, of: BuildingIds = None) -> pd.DataFrame:
    """Visits up to `on` that no later row corrects, by building and day.

    Columns: building_id, day, checklist_id, answers, inspector.
    """
    columns = (
        *(Inspection.building_id, Inspection.day),
        *(Inspection.checklist_id, Inspection.answers, Inspection.inspector),
    )
    question = _current_rows(select(*columns), Inspection, visible_to(scope), city, of).where(Inspection.day <= on)
    return _to_frame(session, question.order_by(Inspection.building_id, Inspection.day, Inspection.id))


def events(session: Session, scope: AccessScope, city: City, on: date, of: BuildingIds = None) -> pd.DataFrame:
    """Events up to `on`: building_id, kind, day."""
    question = select(Event.building_id, Event.kind, Event.day)
    question = _current_rows(question, Event, visible_to(scope, "cases"), city, of)
    return _to_frame(session, question.where(Event.day <= on))


def hazards(session: Session, scope: AccessScope, city: City, on: date, of: BuildingIds = None) -> pd.DataFrame:
    """Hazards found up to `on`: id, building_id, group, category, severity, found_on, due_on."""
    columns = (
        *(Hazard.id, Hazard.building_id, Hazard.group, Hazard.category),
        *(Hazard.severity, Hazard.found_on, Hazard.due_on),
    )
    question = _current_rows(select(*columns), Hazard, _hazards_within(scope), city, of).where(Hazard.found_on <= on)
    return _to_frame(session, question.order_by(Hazard.id)).rename(columns={"hazard_group": "group"})


def hazard_steps(session: Session, scope: AccessScope, city: City, on: date, of: BuildingIds = None) -> pd.DataFrame:
    """Steps taken up to `on` in the life of hazards: hazard_id, step, day; by hazard and day."""
    question = select(HazardStep.hazard_id, HazardStep.step, HazardStep.day).join(Hazard)
    question = _current_rows(question, Hazard, _hazards_within(scope), city, of).where(HazardStep.day <= on)
    return _to_frame(session, question.order_by(HazardStep.hazard_id, HazardStep.day, HazardStep.id))


def home_states(session: Session, scope: AccessScope, city: City, on: date, of: BuildingIds = None) -> pd.DataFrame:
    """What public homes were from which day, up to `on`: building_id, home_id, state, day; by home and day."""
    question = (
        select(Home.building_id, HomeState.home_id, HomeState.state, HomeState.day)
        .join(Home, HomeState.home_id == Home.id)
        .join(Building, Home.building_id == Building.id)
        .where(_of_city(Building.city_id, Building.id, city, of), visible_to(scope, "homes"), HomeState.day <= on)
    )
    return _to_frame(session, question.order_by(HomeState.home_id, HomeState.day, HomeState.id))


def building_by_code(session: Session, scope: AccessScope, city: City, code: str) -> Building | None:
    of_city = select(Building).where(Building.city_id == city.id, visible_to(scope))
    building = session.scalar(of_city.where(Building.code == code))
    if building is None and (renamed := _once_called(session, city, code)):
        building = session.scalar(of_city.where(Building.id == renamed[-1]))
    return building


def building_by_id(session: Session, scope: AccessScope, city: City, building_id: int) -> Building | None:
    question = select(Building).where(Building.city_id == city.id, Building.id == building_id, visible_to(scope))
    return session.scalar(question)


def area_names(session: Session, scope: AccessScope, ids: Iterable[int | None]) -> dict[int, tuple[str, str]]:
    """Chinese and English name by area id, of the areas that hold a visible building."""
    wanted = [area for area in ids if area is not None]
    question = select(Area.id, Area.name, Area.name_en).where(Area.id.in_(wanted)).order_by(Area.id)
    if scope.areas is not None or scope.is_row_filtered or not scope.can("buildings"):
        question = question.where(exists().where(or_(*(column == Area.id for column in ITS_AREAS)), visible_to(scope)))
    return {area: (name, name_en or name) for area, name, name_en in session.execute(question)}


def search(session: Session, scope: AccessScope, city: City, words: str, most: int) -> list[Building]:
    """Buildings whose code begins with `words`, or whose name or address holds it; short names first.

    Those that ended are found too, and one that had the code `words` before.
    """
    words = words.strip()
    if not words or len(words) > LONGEST_SEARCH or "\0" in words:  # SQLite would take what stands before the nought
        return []
    matches = or_(
        Building.code.startswith(words, autoescape=True),
        Building.name.icontains(words, autoescape=True),
        Building.address.icontains(words, autoescape=True),
    )
    question = select(Building).where(visible_to(scope), matches)
    renamed = _once_called(session, city, words)
    if renamed:
        return list(session.scalars(select(Building).where(visible_to(scope), Building.id.in_(renamed)).limit(most)))
    narrowed = candidates(session.get_bind().dialect.name, words)
    if narrowed is None:
        question = question.where(Building.city_id == city.id)
    else:  # "+ 0", or SQLite would read the whole city by its index instead of the few that may match
        question = question.where(Building.id.in_(narrowed), Building.city_id + 0 == city.id)
    return list(session.scalars(question.order_by(func.length(Building.name), Building.name, Building.id).limit(most)))


def _once_called(session: Session, city: City, code: str) -> list[int]:
    """The buildings that had a code before; of the few that were ever renamed."""
    question = select(Building.id, Building.formerly).where(Building.city_id == city.id, Building.formerly.is_not(None))
    return [id_ for id_, formerly in session.execute(question.order_by(Building.id)) if code in formerly]


def building_history(session: Session, scope: AccessScope, building: Building, on: date) -> pd.DataFrame:
    """Visits, cases, hazard steps and grade changes of one building up to `on`, latest first: day, kind, what.

    A grade that late facts have corrected is of the kind "regrade:…", and what is "before>after".
    """
    is_this = (Building.id == building.id, visible_to(scope))
    visits = select(Inspection.day, Inspection.answers, Checklist.items).join(Building).outerjoin(Checklist)
    cases = select(Event.day, Event.kind).join(Building).where(*is_this, visible_to(scope, "cases"), Event.day <= on)
    steps = select(HazardStep.day, HazardStep.step, Hazard.category).join(Hazard).join(Building)
    grades = select(Rating.day, RuleEdition.rule_set, Rating.grade, RatingCorrection.id, RatingCorrection.before)
    grades = grades.select_from(Rating).join(RuleEdition).join(Building, Rating.building_id == Building.id)
    grades = grades.outerjoin(RatingCorrection, RatingCorrection.rating_id == Rating.id)
    visits = visits.where(*is_this, Inspection.day <= on, uncorrected(Inspection)).order_by(Inspection.id)
    cases = cases.where(uncorrected(Event)).order_by(Event.id)
    rows = [
        *((day, "visit", _answers_seen(scope, answers, items)) for day, answers, items in session.execute(visits)),
        *((day, "event", kind) for day, kind in session.execute(cases)),
        *(
            (day, step, category)
            for day, step, category in session.execute(
                steps.where(*is_this, _hazards_within(scope), HazardStep.day <= on, uncorrected(Hazard)).order_by(
                    HazardStep.id
                )
            )
        ),
        *(
            (day, f"regrade:{rule_set}", f"{before or ''}>{grade or ''}")
            if correction
            else (day, f"grade:{rule_set}", grade or "")
            for day, rule_set, grade, correction, before in session.execute(
                grades.where(*is_this, Rating.day <= on).order_by(Rating.id)
            )
        ),
    ]
    frame = pd.DataFrame(rows, columns=["day", "kind", "what"])
    return frame.sort_values("day", kind="stable")[::-1].reset_index(drop=True)


def hazards_of_building(session: Session, scope: AccessScope, building: Building, on: date) -> pd.DataFrame:
    """Hazards of one building found up to `on`, a row for each step taken by then, in order; one without any step once.

    Columns: id, group, category, severity, found_on, step, step_day, department, due_on.
    """
    taken = and_(HazardStep.hazard_id == Hazard.id, HazardStep.day <= on)
    columns = (
        *(Hazard.id, Hazard.group, Hazard.category, Hazard.severity, Hazard.found_on),
        *(HazardStep.step, HazardStep.day, HazardStep.department, Hazard.due_on),
    )
    question = select(*columns).join(Building, Hazard.building_id == Building.id).outerjoin(HazardStep, taken)
    question = question.where(Building.id == building.id, _hazards_within(scope))
    question = question.where(uncorrected(Hazard), Hazard.found_on <= on)
    rows = session.execute(question.order_by(Hazard.id, HazardStep.day, HazardStep.id))
    names = ["id", "group", "category", "severity", "found_on", "step", "step_day", "department", "due_on"]
    return pd.DataFrame([tuple(row) for row in rows], columns=names, dtype=object)


def _answers_seen(scope: AccessScope, answers: str | None, items: Sequence[str] | None) -> str:
    """Without the answers to items outside the scope."""
    pairs = zip(split_answers(answers or ""), items or (), strict=False)
    return joined_answers([answer for answer, item in pairs if can_see_item(scope, item)])


def homes_of_building(session: Session, scope: AccessScope, building: Building, on: date) -> dict[str, int]:
    """Public-rental homes of a building by the state they are in on `on`."""
    question = (
        select(HomeState.home_id, HomeState.state)
        .join(Home)
        .join(Building)
        .join(Project, Home.project_id == Project.id)
        .where(Building.id == building.id, visible_to(scope, "homes"), HomeState.day <= on)
        .where(*(or_(model.ended_on.is_(None), model.ended_on > on) for model in (Home, Project)))
        .order_by(HomeState.day, HomeState.id)
    )
    state_now = dict(session.execute(question).all())
    return dict(Counter(state_now.values()))


def credit_records_of_building(session: Session, scope: AccessScope, building: Building, on: date) -> pd.DataFrame:
    """Credit records of a building's homes, and of enterprises in the projects of those, as far as they had come by
    `on`: kind, subject, level, and the day of each of CREDIT_STEPS, NaT where it has not come to that.
    """
    homes = select(Home.id).join(Building).where(Building.id == building.id, visible_to(scope, "homes"))
    of_building = or_(
        CreditRecord.home_id.in_(homes), CreditRecord.project_id.in_(homes.with_only_columns(Home.project_id))
    )
    day, step = CreditRecordStep.day, CreditRecordStep.step
    question = (
        select(
            *(CreditRecord.kind, CreditRecord.subject, CreditRecord.level),
            *(func.min(day).filter(step == one).label(one) for one in CREDIT_STEPS),
        )
        .join(CreditRecordStep)
        .where(of_building, uncorrected(CreditRecord), day <= on)
        .group_by(CreditRecord.id)
    )
    frame = _to_frame(session, question.order_by(CreditRecord.id))
    return frame.astype(dict.fromkeys(CREDIT_STEPS, "datetime64[s]"))


def off_map_counts(session: Session, scope: AccessScope, city: City) -> dict[str, int]:
    """Buildings that are rated but not drawn, by the reason."""
    question = (
        select(Building.off_map, func.count())
        .where(Building.city_id == city.id, Building.off_map.is_not(None), visible_to(scope))
        .where(Building.ended_on.is_(None))
        .group_by(Building.off_map)
    )
    return {reason: count for reason, count in session.execute(question) if reason is not None}


def rejected_row_count(session: Session, scope: AccessScope, city: City) -> int:
    """Rejected rows of this city's files. Their areas are not known: none for a scope limited to areas."""
    if not scope.sees_all_of(city.id):
        return 0
    question = select(func.count()).select_from(RejectedRow).join(Import).where(Import.city_id == city.id)
    return session.scalar(question) or 0


def _current_rows(
    question: Select, table: BuildingFact, allowed: ColumnElement[bool], city: City, of: BuildingIds
) -> Select:
    return question.join(Building, table.building_id == Building.id).where(
        _of_city(table.city_id, table.building_id, city, of), allowed, uncorrected(table)
    )


def _of_city(city_id: Column, building_id: Column, city: City, of: BuildingIds) -> ColumnElement[bool]:
    """The condition that a row is of the city, or of these of its buildings."""
    # A condition on the city too would have SQLite read the whole city by its index.
    return city_id == city.id if of is None else building_id.in_(of.tolist())


def uncorrected(table: CorrectableModel) -> ColumnElement[bool]:
    """The condition that no later row corrects this one, nor is it void itself."""
    corrected = select(table.corrects_id).where(table.corrects_id.is_not(None))
    counts = table.id.not_in(corrected.correlate(None))
    return and_(counts, table.void.is_not(True)) if hasattr(table, "void") else counts


def _to_frame(session: Session, question: Select) -> pd.DataFrame:
    """The rows as a frame; fetched in batches, so that millions of rows never exist as Python objects at once."""
    names = [column.name for column in question.selected_columns]
    result = session.execute(question.execution_options(yield_per=ROWS_AT_ONCE))
    parts = [_part(rows, names) for rows in result.partitions()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)


def _part(rows: Sequence, names: list[str]) -> pd.DataFrame:
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return pd.DataFrame({name: days(values) if _holds_days(values) else values for name, values in columns.items()})


def _holds_days(values: Sequence) -> bool:
    return isinstance(next((value for value in values if value is not None), None), date)


def days(values: Sequence[date | None]) -> np.ndarray:
    """Days as datetime64[s], None as NaT (pandas keeps no coarser unit)."""
    return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")
