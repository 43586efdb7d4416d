"""Lockside behind row-level security, with a row in every table, and those who look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import shapely
from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from data.access.roles import PUBLIC, SYSTEM, AccessScope
from data.audit.trail import COMMAND_LINE, record
from data.city.changes import log_change
from data.db.engine import open_database, writing
from data.db.models.accounts import Account, AccountArea, FailedSignIn, ThrottledSignIn, TrustedBrowser, UserSession
from data.db.models.city import (
    Area,
    Building,
    City,
    GroundFeature,
    Import,
    Rating,
    RatingCorrection,
    RatingRun,
    RuleEdition,
)
from data.db.models.imports import EarlierRow, ImportKey, SavedMapping, UndoneImport
from data.db.models.planning import Officer, OfficerLeave, Plan, PlanLeftOut, PlanOfficer, PlanOverride, PlanStop
from data.db.models.records import FormKey, RecordKey
from data.db.models.rules import PublishedEdition, RuleDraft
from data.db.row_security import install_policies
from scoring.rulebook.editions import edition_on
from tests.data.lockside import NORTH, ON, SOUTH
from tests.data.postgresql_server import Server
from tests.data.town_hall import CITY, NOBODY, Town, added, settle

OWNER, PRODUCT = "keeper", "credit_map"
NOW = datetime(2024, 7, 1, 8, 30)
WHO = [
    *("police of the south", "police of the north", "leader of the city", "leader everywhere", "fire department"),
    *("fire department of the south", "department of no group", "operator", "operator of the south"),
    *("administrator", "nobody", "the public", "everything"),
]


@dataclass(frozen=True)
class SecuredTown:
    """Lockside as the role of the product sees it, and its tables as their owner has them."""

    town: Town
    owner: Engine


def a_secured_town(server: Server) -> Iterator[SecuredTown]:
    url = server.database(OWNER)
    owner = open_database(url)
    install_policies(owner, PRODUCT)
    settle(owner)
    fill_other_tables(owner)
    product = open_database(server.url(make_url(url).database, PRODUCT))
    yield SecuredTown(Town(product), owner)
    product.dispose()
    owner.dispose()


def fill_other_tables(engine: Engine) -> None:
    """A rating for each building, and a row in every table of accounts and of imports."""
    with writing(engine, SYSTEM) as session:
        edition = RuleEdition(rule_set="qishuyan", in_force=date(2009, 10, 1), sha256="0" * 64, text="")
        account = Account(name="li", role="police", made_at=NOW)
        session.add_all([edition, account])
        session.flush()
        city = session.scalars(select(City.id).where(City.code == CITY)).one()
        ruled = {"city_id": city, "rule_set": "qishuyan"}
        run = RatingRun(**ruled, until=ON, finished_at=NOW, added=0, corrected=0)
        text = edition_on("qishuyan", ON).text
        draft = RuleDraft(**ruled, name="ours", text=text, kept_by="li", kept_at=NOW)
        published = {"reason": "to try", "published_by": "li", "published_at": NOW}
        session.add_all([run, draft, PublishedEdition(**ruled, in_force=date(2030, 1, 1), text=text, **published)])
        for building in session.scalars(select(Building.id).order_by(Building.id)):
            rating = Rating(building_id=building, edition_id=edition.id, day=ON, recorded_on=ON)
            session.add(rating)
            session.flush()
            session.add(RatingCorrection(building_id=building, rating_id=rating.id, run_id=run.id))
        mine = {"account_id": account.id}
        session.add(AccountArea(**mine, city=CITY))
        session.add(UserSession(**mine, token_sha256="a", begun_at=NOW, seen_at=NOW, address="", browser=""))
        session.add(TrustedBrowser(**mine, token_sha256="a", seen_at=NOW))
        session.add(FailedSignIn(at=NOW, name="li", source="", known=False))
        session.add(ThrottledSignIn(**mine, address="", since=NOW, tries=1))
        session.add(FormKey(key="a", row_id=1, at=NOW))
        first = session.scalars(select(Import.id).order_by(Import.id).limit(1)).one()
        session.add(ImportKey(key="k", import_id=first))
        river = {"kind": "water", "geometry": shapely.to_wkb(shapely.box(113.9, 22.5, 114, 22.6)), "import_id": first}
        session.add_all([GroundFeature(city_id=one, **river) for one in session.scalars(select(City.id))])
        answer = {"row_id": 1, "number": 1, "token": "", "at": NOW}
        session.add(RecordKey(key="k", city_id=city, kind="record_visit", digest="", **answer))
        session.add(EarlierRow(import_id=first, table_name="buildings", row_id=1, earlier_import_id=None, before={}))
        log_change(session, 1, "visit", [1])
        _plan(session, city, edition.id)
        session.add(UndoneImport(import_id=first, undone_at=NOW))
        session.add(SavedMapping(name="ours", text="", made_by="li", made_at=NOW))
        record(session, COMMAND_LINE, "test", {})


def _plan(session: Session, city: int, edition: int) -> None:
    """A plan for the town and one for each street, by an officer of each grid and one of the town; of every building a
    visit that is planned, one that is left out, and somebody's word against it."""
    of_city = select(Area).where(Area.city_id == city).order_by(Area.id)
    areas = {(area.level, area.code): area.id for area in session.scalars(of_city)}
    officers, plans = {}, {}
    for place in (("district", "town"), ("grid", NORTH), ("grid", SOUTH)):
        officer = Officer(city_id=city, code=f"X-{place[1]}", role="police", area_id=areas[place], minutes_a_day=300)
        officers[place[1]] = added(session, officer)
        session.add(OfficerLeave(officer_id=officer.id, first_day=ON, last_day=ON, recorded_on=ON))
    made = {
        "edition_id": edition,
        "seed": 1,
        "iterations": 40,
        "solver": "none 1.0",
        "settings": {},
        "roles": ["police"],
    }
    made |= {
        "problems": ["town"],
        "first_day": ON,
        "days": 7,
        "inputs_number": 1,
        "inputs_token": "",
        "made_at": NOW,
        "made_by": "li",
    }
    for place in (("district", "town"), ("street", NORTH), ("street", SOUTH)):
        plans[place[1]] = plan = added(session, Plan(city_id=city, area_id=areas[place], **made))
        as_it_was = {"problem": place[1], "day": ON, "role": "police", "starts": 540, "minutes": 300, "walked_s": 60}
        officer = officers[place[1]]
        session.add(PlanOfficer(plan_id=plan.id, officer_id=officer.id, lon=113.9, lat=22.5, **as_it_was))
    streets = {id_: code for (level, code), id_ in areas.items() if level == "street"}
    for number, building in enumerate(
        session.scalars(select(Building).where(Building.city_id == city).order_by(Building.id)).all()
    ):
        of_it = {"plan_id": plans["town"].id, "building_id": building.id}
        wanted = {"problem": "town", "number": number, "lon": 113.9, "lat": 22.5, "kind": "due", "role": "police"}
        wanted |= {"minutes": 30, "worth": 900, "daily_cost": 60}
        day = {"officer_id": officers[streets.get(building.street_id, "town")].id, "day": ON}
        stop = added(session, PlanStop(**of_it, **wanted, **day, place=number, arrives=550))
        session.add(PlanLeftOut(**of_it, **wanted, reason="no_time", takes={}))
        said = {"reason": "the keeper asked", "made_by": "li", "made_at": NOW}
        session.add(PlanOverride(**of_it, **day, **said, stop_id=stop.id))


def viewers(town: Town) -> dict[str, AccessScope]:
    with town.looked_at() as (_, city):
        here = (city.id,)
    street = (town.area("street", SOUTH),)
    return {
        "police of the south": AccessScope("police", areas=street),
        "police of the north": town.scope_of(NORTH),
        "leader of the city": AccessScope("leader", cities=here),
        "leader everywhere": AccessScope("leader", areas=None),
        "fire department": AccessScope("department", cities=here, hazard_groups=("fire",)),
        "fire department of the south": AccessScope("department", areas=street, hazard_groups=("fire",)),
        "department of no group": AccessScope("department", areas=None, hazard_groups=()),
        "operator": AccessScope("operator", cities=here),
        "operator of the south": AccessScope("operator", areas=street),
        "administrator": AccessScope("administrator", areas=None),
        "nobody": NOBODY,
        "the public": PUBLIC,
        "everything": SYSTEM,
    }
