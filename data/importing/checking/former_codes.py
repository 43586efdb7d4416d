"""Buildings whose code changed: the code they had before leads to them, in every file that still has it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.db.models.city import Building, City
from data.importing.checking.object_arrays import not_null, nulls
from data.importing.checking.row_errors import RowError, RowErrors


@dataclass(frozen=True)
class FormerCodes:
    """current: a code that no building has any more → the code of the building that had it. by_code: code → the codes
    that building had before."""

    current: Mapping[str, str]
    by_code: Mapping[str, list[str]] = field(default_factory=dict)

    def followed(self, codes: np.ndarray) -> np.ndarray:
        """Each code, or the present one of the building that had it."""
        if not self.current:
            return codes
        followed = nulls(len(codes))
        followed[:] = [self.current.get(code, code) for code in codes.tolist()]
        return followed


def former_codes(session: Session, city: City) -> FormerCodes:
    question = select(Building.code, Building.formerly).where(
        Building.city_id == city.id, Building.formerly.is_not(None)
    )
    by_code: dict[str, list[str]] = dict(session.execute(question.order_by(Building.id)).all())
    if not by_code:
        return FormerCodes({})
    olds = Counter(old for formerly in by_code.values() for old in set(formerly))
    taken = set(session.scalars(select(Building.code).where(Building.city_id == city.id, Building.code.in_(olds))))
    current = {old: code for code, formerly in by_code.items() for old in formerly if olds[old] == 1}
    return FormerCodes({old: code for old, code in current.items() if old not in taken}, by_code)


def renamed(
    session: Session, city: City, known: FormerCodes, codes: np.ndarray, formerly: np.ndarray, faults: RowErrors
) -> tuple[np.ndarray, np.ndarray]:
    """Under which code each row's building stands in the database, and the codes it had before, the row's own with
    them. Rows that cannot be followed are added to `faults`."""
    rows = np.flatnonzero(not_null(formerly) & not_null(codes) & ~faults.bad)
    rows = rows[codes[rows] != formerly[rows]]
    named = {*codes[rows].tolist(), *formerly[rows].tolist()}
    there = set(session.scalars(select(Building.code).where(Building.city_id == city.id, Building.code.in_(named))))
    claims = Counter(formerly[rows].tolist())
    keys, before = codes.copy(), nulls(len(codes))
    for row, code in enumerate(codes.tolist()):
        before[row] = known.by_code.get(code)
    for row in rows.tolist():
        code, old = codes[row], formerly[row]
        if old in there and (code in there or claims[old] > 1):
            faults.add_all(np.array([row]), _split_or_merged(code, old))
            continue
        if code not in there and old in there:
            keys[row] = old
        past = known.by_code.get(keys[row], [])
        before[row] = past if old in past else [*past, old]
    return keys, before


def _split_or_merged(code: str, old: str) -> RowError:
    return RowError(
        "not_renamed",
        "Building '{code}' is said to have been '{old}', which is there beside it or was several; end '{old}' by a row "
        "of its own (ended_on, ended_as) and leave its code out here.",
        code=code,
        old=old,
    )
