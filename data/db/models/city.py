"""The tables. Every fact carries the day it happened and the day it was recorded.

A fact that was recorded by itself, by data.records, has no import. Nothing here names a person: an inspector is an
opaque code, and so is a household or an enterprise with a credit record; there are no tenants.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from data.db.building_search import indexed
from data.db.shown_text import ShownNames, ShownText
from data.db.tables import table_of

ANSWERS = Text().with_variant(String(80), "sqlite")  # SQLite keeps longer texts all the same
Id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER keys count up by themselves in SQLite
LEVELS = ("district", "street", "community", "grid")  # widest first
HAZARD_GROUPS = ("counter_terrorism", "public_order", "fire", "safety", "hygiene", "neighbours")
SEVERITIES = ("low", "medium", "high")
HAZARD_STEPS = ("found", "mended_on_the_spot", "transferred", "taken_up", "resolved", "verified", "reopened")
ENDINGS = ("demolished", "merged", "split", "closed", "not_listed")  # the last: missing from a whole list
HOME_STATES = ("let", "vacant", "under_repair", "reserved")
GROUND_KINDS = ("water", "green", "block", "footprint", "road", "rail")
ROAD_CLASSES = ("motorway", "main", "street", "path")  # widest first
CREDIT_STEPS = ("recorded", "recognised", "repaired")  # in this order; that a record expires is worked out


def corrections(table: str) -> Index:
    """Few rows correct another; this finds them without reading the rest."""
    present = text("corrects_id IS NOT NULL")
    return Index(f"ix_{table}_corrects", "corrects_id", sqlite_where=present, postgresql_where=present)


def few(table: str, column: str, by: str) -> Index:
    """Few rows have the column filled."""
    present = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", by, sqlite_where=present, postgresql_where=present)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {dict[str, Any]: JSON, list[Any]: JSON}


class City(Base):
    """A place with its own areas, rules and licence; a database may hold several."""

    __tablename__ = "cities"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    names: Mapped[dict[str, Any]] = mapped_column(ShownNames)  # {"zh": …, "en": …}
    bounds: Mapped[list[Any]]  # west, south, east, north; WGS 84 degrees
    levels: Mapped[dict[str, Any]] = mapped_column(
        ShownNames
    )  # level → {"zh": …, "en": …}; only the levels this city has
    rule_sets: Mapped[list[Any]]  # names of the rule sets that grade it; the first is shown first
    invented: Mapped[bool] = mapped_column(default=False)
    licence: Mapped[str] = mapped_column(Text, default="")
    time_zone: Mapped[str | None] = mapped_column(String(40))  # of IANA; None: see data.city.local_time


class Import(Base):
    """One imported file, or one run of the demonstration district."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    mapping: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(ShownText(255))
    sha256: Mapped[str] = mapped_column(String(64))
    finished_at: Mapped[datetime]  # UTC
    counts: Mapped[dict[str, Any]]  # read, new, changed, unchanged, set_aside


class RejectedRow(Base):
    """A row that was rejected, with the reason, so that it can be corrected and imported again."""

    __tablename__ = "rows_set_aside"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    row_number: Mapped[int]  # 1 is the first row after the heading
    reason: Mapped[str] = mapped_column(String(40))
    sentence: Mapped[str] = mapped_column(Text)
    row: Mapped[dict[str, Any]]


class Area(Base):
    """A district, street, community or grid with its outline."""

    __tablename__ = "areas"
    __table_args__ = (UniqueConstraint("city_id", "level", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    level: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(ShownText(120))
    name_en: Mapped[str | None] = mapped_column(ShownText(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    outline: Mapped[bytes] = mapped_column(LargeBinary)  # WKB, (multi)polygon, WGS 84
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    ended_on: Mapped[date | None]  # from this day on it is offered and drawn no more; no building lies in it
    ended_as: Mapped[str | None] = mapped_column(String(12))  # of ENDINGS


class GroundFeature(Base):
    """What the map draws under areas and buildings; nothing is counted by it.

    Of each kind those of the latest import are drawn; see data.city.ground.
    """

    __tablename__ = "ground_features"
    __table_args__ = (Index("ix_ground_features_kind", "city_id", "kind", "import_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    kind: Mapped[str] = mapped_column(String(12))  # of GROUND_KINDS
    road_class: Mapped[str | None] = mapped_column(String(12))  # of ROAD_CLASSES; of roads only
    name: Mapped[str | None] = mapped_column(ShownText(120))
    name_en: Mapped[str | None] = mapped_column(ShownText(120))
    geometry: Mapped[bytes] = mapped_column(LargeBinary)  # WKB, (multi)polygon or (multi)line, WGS 84
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))


class AreaExpectation(Base):
    """How many rental buildings an area is thought to have: by a register of addresses, a census, a survey."""

    __tablename__ = "area_expectations"
    __table_args__ = (UniqueConstraint("area_id", "day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    buildings: Mapped[int]
    source: Mapped[str] = mapped_column(String(120))
    day: Mapped[date]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))


class Building(Base):
    """A rental building. `key` is the Z-order key of its place, see geo.morton."""

    __tablename__ = "buildings"
    __table_args__ = (
        UniqueConstraint("city_id", "code"),
        Index("ix_buildings_key", "city_id", "key"),
        few("buildings", "formerly", "city_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(ShownText(160), default="")
    address: Mapped[str] = mapped_column(ShownText(255), default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    key: Mapped[int | None] = mapped_column(BigInteger)
    off_map: Mapped[str | None] = mapped_column(ShownText(160))  # why it is kept but not drawn
    district_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    homes: Mapped[int | None]
    floors: Mapped[int | None]
    built: Mapped[int | None]  # year
    use: Mapped[str | None] = mapped_column(String(40))
    group_rental: Mapped[bool | None]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    ended_on: Mapped[date | None]  # from this day on it is on no map and in no count
    ended_as: Mapped[str | None] = mapped_column(String(12))  # of ENDINGS
    formerly: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # codes it had before, latest last
    district_by_place: Mapped[bool | None]  # whether the area follows from the place; None: nobody said
    street_by_place: Mapped[bool | None]
    community_by_place: Mapped[bool | None]
    grid_by_place: Mapped[bool | None]


class Event(Base):
    """Something that happened at a building: a case, an accident, a lead given."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_building", "building_id", "day"),
        UniqueConstraint("city_id", "source_key"),
        corrections("events"),
        few("events", "void", "city_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    kind: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    recorded_on: Mapped[date]
    source_key: Mapped[str | None] = mapped_column(String(80))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    void: Mapped[bool | None]  # withdraws the row it corrects, and says nothing itself


class Checklist(Base):
    """The items an inspection answers, in the order in which `Inspection.answers` holds them."""

    __tablename__ = "checklists"
    __table_args__ = (UniqueConstraint("city_id", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    code: Mapped[str] = mapped_column(String(40))
    items: Mapped[list[Any]]  # item codes; their wording is in the rule file that reads them


class Inspection(Base):
    """A visit. With a check-list, `answers` holds the answer to each item, see data.city.answer_text.

    One row a visit and not one row an item: 1.8 million visits of 27 items would be 49 million rows.
    A row that `corrects_id` names is superseded and no longer counts, and a void one never does.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        Index("ix_inspections_building", "building_id", "day"),
        UniqueConstraint("city_id", "source_key"),
        corrections("inspections"),
        few("inspections", "void", "city_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    day: Mapped[date]
    recorded_on: Mapped[date]
    checklist_id: Mapped[int | None] = mapped_column(ForeignKey("checklists.id"))
    answers: Mapped[str | None] = mapped_column(ANSWERS)
    inspector: Mapped[str | None] = mapped_column(String(20))
    published_score: Mapped[float | None]  # what the city itself printed, to be checked against
    published_result: Mapped[str | None] = mapped_column(String(80))
    source_key: Mapped[str | None] = mapped_column(String(80))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("inspections.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    void: Mapped[bool | None]  # withdraws the row it corrects, and says nothing itself


class Hazard(Base):
    """Something wrong with a building; what became of it is recorded in its steps."""

    __tablename__ = "hazards"
    __table_args__ = (
        Index("ix_hazards_building", "building_id"),
        Index("ix_hazards_inspection", "inspection_id"),  # or removing an inspection would read every hazard
        UniqueConstraint("city_id", "source_key"),
        corrections("hazards"),
        few("hazards", "void", "city_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspections.id"))
    group: Mapped[str] = mapped_column("hazard_group", String(20))
    category: Mapped[str] = mapped_column(String(160))
    severity: Mapped[str] = mapped_column(String(8))
    found_on: Mapped[date]
    due_on: Mapped[date | None]
    source_key: Mapped[str | None] = mapped_column(String(80))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("hazards.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    void: Mapped[bool | None]  # withdraws the row it corrects, and says nothing itself


class HazardStep(Base):
    """One step in the closed loop of a hazard: found, transferred, resolved and so on."""

    __tablename__ = "hazard_steps"
    __table_args__ = (Index("ix_hazard_steps_hazard", "hazard_id", "day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazards.id"))
    step: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    recorded_on: Mapped[date]
    department: Mapped[str | None] = mapped_column(String(40))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))


class Project(Base):
    """A public-rental project: a name, an operator and a place."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("city_id", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(ShownText(120))
    operator: Mapped[str] = mapped_column(ShownText(120))
    address: Mapped[str] = mapped_column(ShownText(255))
    lon: Mapped[float]
    lat: Mapped[float]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    ended_on: Mapped[date | None]  # from this day on its homes are no more
    ended_as: Mapped[str | None] = mapped_column(String(12))  # of ENDINGS


class Home(Base):
    """One home of a public-rental project; what a source does not say of it is not known."""

    __tablename__ = "homes"
    __table_args__ = (UniqueConstraint("project_id", "code"), Index("ix_homes_building", "building_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    code: Mapped[str] = mapped_column(String(64))
    rooms: Mapped[int | None]
    area_m2: Mapped[float | None]
    floor: Mapped[int | None]
    rent_yuan_month: Mapped[int | None]
    lift: Mapped[bool | None]
    barrier_free: Mapped[bool | None]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    ended_on: Mapped[date | None]  # from this day on it is in no state, and so not vacant
    ended_as: Mapped[str | None] = mapped_column(String(12))  # of ENDINGS


class HomeState(Base):
    """From `day` on the home is let, vacant, under repair or reserved."""

    __tablename__ = "home_states"
    __table_args__ = (Index("ix_home_states_home", "home_id", "day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("homes.id"))
    state: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]
    recorded_on: Mapped[date]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))


class CreditRecord(Base):
    """A dishonesty in public rental: a household's at its home, an enterprise's in a project.

    What became of it is recorded in its steps. `subject` is a code that says who is the same, and nothing else. The
    source names no kinds of behaviour, so none are kept.
    """

    __tablename__ = "credit_records"
    __table_args__ = (
        CheckConstraint("(project_id IS NULL) <> (home_id IS NULL)", name="ck_credit_records_place"),
        Index("ix_credit_records_project", "project_id"),
        Index("ix_credit_records_home", "home_id"),
        UniqueConstraint("city_id", "source_key"),
        corrections("credit_records"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    home_id: Mapped[int | None] = mapped_column(ForeignKey("homes.id"))
    kind: Mapped[str] = mapped_column(String(12))  # of scoring.studies.credit_records.SUBJECT_KINDS
    subject: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(8))  # of LEVEL_CODES there
    source_key: Mapped[str | None] = mapped_column(String(80))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("credit_records.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))


class CreditRecordStep(Base):
    """One step in the life of a credit record: recorded, recognised or repaired."""

    __tablename__ = "credit_record_steps"
    __table_args__ = (Index("ix_credit_record_steps_record", "record_id", "day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("credit_records.id"))
    step: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    recorded_on: Mapped[date]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))


class RuleEdition(Base):
    """The text of an edition as it stood when it first graded something."""

    __tablename__ = "rule_editions"
    __table_args__ = (UniqueConstraint("rule_set", "in_force", "sha256"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rule_set: Mapped[str] = mapped_column(String(40))
    in_force: Mapped[date]
    sha256: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)


class Rating(Base):
    """A building's score and grade from `day` on; a row only where something changed."""

    __tablename__ = "ratings"
    __table_args__ = (Index("ix_ratings_building", "building_id", "edition_id", "day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("rule_editions.id"))
    day: Mapped[date]
    recorded_on: Mapped[date]
    score: Mapped[float | None]
    grade: Mapped[str | None] = mapped_column(String(20))  # None: unrated


class RatingRun(Base):
    """One time a rule set's grades were worked out month by month, up to the day `until`."""

    __tablename__ = "rating_runs"
    __table_args__ = (Index("ix_rating_runs_city", "city_id", "rule_set"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    rule_set: Mapped[str] = mapped_column(String(40))
    until: Mapped[date]
    finished_at: Mapped[datetime]  # UTC
    added: Mapped[int]  # rows of ratings
    corrected: Mapped[int]  # how many of them speak of a day that an earlier run had graded otherwise
    seen_until: Mapped[int | None]  # the number in the change log up to which the facts were known


class RatingCorrection(Base):
    """A rating that replaces what an earlier run had said of its day, because facts arrived late or were corrected."""

    __tablename__ = "rating_corrections"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), index=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("rating_runs.id"), index=True)
    before: Mapped[str | None] = mapped_column(String(20))  # the grade that stood there; None: unrated


indexed(table_of(Building))
