"""Rows that describe the same building in their own words: the one of the latest day counts, of this file or before."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.db.models.city import Building, City
from data.importing.checking.parsed_rows import ParsedRows
from data.importing.checking.records import Records
from data.importing.mapping.fields import DAY_FIELDS, TARGETS
from data.importing.mapping.schema import SourceMapping

NEVER = np.iinfo(np.int64).min


def latest_only(
    session: Session,
    city: City,
    mapping: SourceMapping,
    parsed: Mapping[str, ParsedRows],
    records: Records,
    name: str,
) -> Records:
    """The records with the day of each row; rows about a building of which the city knows a later one write nothing.

    name: of the block in `parsed`.
    """
    days = parsed[name].latest_by
    if days is not None:
        return replace(records, age=_ordinals(days))
    dated = next(block for block in parsed if block in DAY_FIELDS)
    age = _ordinals(parsed[dated].values[DAY_FIELDS[dated]])
    if records.target.name != "building" or not TARGETS[dated].is_fact:
        return replace(records, age=age)
    known = _latest_days(session, city, mapping, dated)
    overtaken = np.array([known.get(key, NEVER) for key in records.key.tolist()], np.int64) > age
    return replace(records, age=age, writes=records.writes & ~overtaken)


def _ordinals(days: np.ndarray) -> np.ndarray:
    """Days as whole numbers, NEVER where there is none."""
    return np.array([NEVER if day is None else day.toordinal() for day in days.tolist()], np.int64)


def _latest_days(session: Session, city: City, mapping: SourceMapping, dated: str) -> dict[str, int]:
    """By the code of a building, the latest day on which this source has it."""
    model = TARGETS[dated].model
    day = getattr(model, DAY_FIELDS[dated])
    of_source = model.source_key.startswith(f"{mapping.source}:", autoescape=True)
    question = select(Building.code, func.max(day)).join(Building, model.building_id == Building.id)
    rows = session.execute(question.where(model.city_id == city.id, of_source).group_by(Building.code))
    return {code: latest.toordinal() for code, latest in rows}
