"""Credit records from the tables, as scoring.studies.credit_records takes them, and how many stand where on a day.

They are no part of the fact store: no grade asks for them, and what shows them reads the tables as they stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.db.models.city import CREDIT_STEPS
from scoring.studies.credit_records import (
    LEVEL_CODES,
    NOT_THERE,
    SUBJECT_KINDS,
    Records,
    states_by_level,
    states_on,
    subjects_by_kind,
)


@dataclass(frozen=True, eq=False)
class CreditCounts:
    """How the credit records of one kind of subject stand at the end of `on`, counted, so that none stands alone.

    by_state: int64 (STATES, LEVEL_CODES). subjects: whom all of them name, each once.
    """

    on: date
    by_state: np.ndarray
    subjects: int

    @property
    def records(self) -> int:
        return int(self.by_state.sum())


def records_of(frame: pd.DataFrame) -> Records:
    """The rows of a query for credit records, in their order. Raises WrongFacts."""
    recorded, recognised, repaired = (frame[step].to_numpy().astype("datetime64[D]") for step in CREDIT_STEPS)
    _, subject = np.unique(frame["subject"].to_numpy(str), return_inverse=True)
    kind, level = _places(frame["kind"], SUBJECT_KINDS), _places(frame["level"], LEVEL_CODES)
    return Records(subject, kind, level, recorded, recognised, repaired)


def credit_counts(records: Records, on: date) -> Mapping[str, CreditCounts]:
    """Kind of subject → its counts, in the order of SUBJECT_KINDS."""
    subjects = subjects_by_kind(records, states_on(records, on) != NOT_THERE)
    return {
        kind: CreditCounts(on, states_by_level(records, on, records.kind == place), int(subjects[place]))
        for place, kind in enumerate(SUBJECT_KINDS)
    }


def _places(codes: pd.Series, order: tuple[str, ...]) -> np.ndarray:
    return codes.map({code: place for place, code in enumerate(order)}).to_numpy(int)
