"""The tables of a plan as it now stands: what was said against it is in them, and marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.city.queries import visible_to
from data.db.engine import as_scope
from data.db.models.city import Building, City
from data.db.models.planning import Officer, PlanLeftOut, PlanOfficer, PlanStop
from data.planning.moves import NOWHERE
from data.planning.officers import officers_visible_to
from data.planning.overrides import overrides
from data.planning.problem import KINDS
from data.planning.standing import Standing, standing
from data.planning.stored import KeptPlan, planned_areas

OF_MOVED = ("building_id", "officer_id_before", "day_before", "officer_id", "day", "reason", "made_by")
STANDS = ["officer_id", "day", "place", "building_id", "arrives", "minutes", "kind", "due", "why", "moved"]
NO_STOP = -1  # the id of a stop that is in no table: its visit was left out when the plan was made


@dataclass(frozen=True)
class PlanTables:
    """stops, days, left_out: as data.planning.stored and shown have them; stops with `moved`, whether a word moved it.

    moved: OF_MOVED of visible buildings, before: officer NOWHERE and day None of a visit that was left out.
    """

    stops: pd.DataFrame
    days: pd.DataFrame
    left_out: pd.DataFrame
    moved: pd.DataFrame


def as_it_stands(session: Session, scope: AccessScope, city: City, plan: KeptPlan, tables: PlanTables) -> PlanTables:
    """The tables with the words against the plan, whoever said them. tables: as the plan was made, of the scope."""
    stand, words = standing_of(session, city, plan)
    if not stand or not stand.moved:
        return tables
    crew, touched = stand.problem.crew, stand.touched
    changed = pd.MultiIndex.from_arrays([crew.officer[touched], crew.day[touched].astype(object)])
    stops, days = tables.stops, tables.days.copy()
    untouched = stops[~pd.MultiIndex.from_frame(stops[["officer_id", "day"]]).isin(changed)]
    now = _named(session, scope, city, _stops_on(stand, touched), stops)
    at = pd.Series(stand.walked_s[touched], changed)
    keys = pd.MultiIndex.from_frame(days[["officer_id", "day"]])
    days["walked_s"] = np.where(keys.isin(changed), at.reindex(keys).to_numpy(), days["walked_s"]).astype(np.int64)
    made = _left_out_and_made(stand)
    left = [one not in made for one in zip(tables.left_out["building_id"], tables.left_out["role"], strict=True)]
    moved = _moves(stand, words)
    moved = moved[moved["building_id"].isin(_visible(session, scope, city, moved["building_id"]))]
    ordered = pd.concat([untouched, now[stops.columns]]).sort_values(["officer_id", "day", "place"])
    return PlanTables(ordered.reset_index(drop=True), days, tables.left_out[left], moved.reset_index(drop=True))


def standing_of(
    session: Session, city: City, plan: KeptPlan, more: Sequence[str] = ()
) -> tuple[Standing | None, pd.DataFrame]:
    """The areas that words against the plan touch, with these codes more, as they stand, and the words.

    None where there is no such area.
    """
    with as_scope(session, SYSTEM):
        words = overrides(session, SYSTEM, city, plan)
        codes = {*_areas_of(session, plan, words), *more}
        chosen = replace(plan, problems=tuple(code for code in plan.problems if code in codes))
        return (standing(planned_areas(session, SYSTEM, city, chosen), words) if codes else None), words


def _areas_of(session: Session, plan: KeptPlan, words: pd.DataFrame) -> set[str]:
    """The codes of the areas in which the buildings and the officers of these words are planned."""
    buildings = words["building_id"].tolist()
    days = list(zip(words["officer_id"].tolist(), words["day"].tolist(), strict=True))
    questions = [
        select(model.problem).where(model.plan_id == plan.id, model.building_id.in_(buildings))
        for model in (PlanStop, PlanLeftOut)
    ]
    of_officers = tuple_(PlanOfficer.officer_id, PlanOfficer.day).in_(days)
    questions.append(select(PlanOfficer.problem).where(PlanOfficer.plan_id == plan.id, of_officers))
    return {code for question in questions for code in session.scalars(question.distinct())} if days else set()


def _stops_on(stand: Standing, officer_days: np.ndarray) -> pd.DataFrame:
    crew, needs = stand.problem.crew, stand.problem.needs
    there = np.isin(stand.routes.crew, officer_days)
    on, need = stand.routes.crew[there], stand.routes.need[there]
    columns: Mapping[str, Any] = {
        "officer_id": crew.officer[on],
        "day": crew.day[on].astype(object),
        "place": pd.Series(on).groupby(on).cumcount().to_numpy(),
        "building_id": needs.building[need],
        "arrives": stand.routes.arrives[there],
        "minutes": needs.minutes[need],
        "kind": np.array(KINDS, object)[needs.kind[need]],
        "due": needs.due[need].astype(object),
        "why": [stand.why[one] for one in need.tolist()],
        "moved": np.isin(need, list(stand.moved)),
    }
    return pd.DataFrame(columns, columns=STANDS)


def _named(session: Session, scope: AccessScope, city: City, now: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Those at visible buildings, with the code of each officer that is visible and the id of the stop as it was."""
    now = now[now["building_id"].isin(_visible(session, scope, city, now["building_id"]))]
    seen = (Officer.id.in_(now["officer_id"].tolist()), Officer.city_id == city.id, officers_visible_to(session, scope))
    codes = dict(session.execute(select(Officer.id, Officer.code).where(*seen)).all())
    ids = made.drop_duplicates(["building_id", "kind"]).set_index(["building_id", "kind"])["id"]
    stop = ids.reindex(pd.MultiIndex.from_frame(now[["building_id", "kind"]])).fillna(NO_STOP).to_numpy(np.int64)
    return now.assign(id=stop, officer=[codes.get(one) for one in now["officer_id"].tolist()])


def _visible(session: Session, scope: AccessScope, city: City, buildings: pd.Series) -> set[int]:
    question = select(Building.id).where(Building.id.in_(buildings.tolist()), Building.city_id == city.id)
    return set(session.scalars(question.where(visible_to(scope, "plan_view"))))


def _left_out_and_made(stand: Standing) -> set[tuple[int, str]]:
    """Building and role of the visits that were left out and that a word puts into the plan."""
    needs, roles = stand.problem.needs, stand.problem.roles
    made = [need for need, at in stand.was.items() if at == NOWHERE]
    return {(int(needs.building[need]), roles[needs.role[need]]) for need in made}


def _moves(stand: Standing, words: pd.DataFrame) -> pd.DataFrame:
    """What each word that moves something moves, in the order in which they were said."""
    crew = stand.problem.crew
    rows = [
        (
            int(stand.problem.needs.building[need]),
            NOWHERE if was == NOWHERE else int(crew.officer[was]),
            None if was == NOWHERE else crew.day[was].item(),
            *words.loc[word, ["officer_id", "day", "reason", "made_by"]],
        )
        for need, word in stand.moved.items()
        for was in (stand.was[need],)
    ]
    return pd.DataFrame(rows, columns=list(OF_MOVED))
