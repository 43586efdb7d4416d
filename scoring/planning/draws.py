"""What is left to chance in a plan: draws that whoever holds the seed can repeat, and nobody else can foresee.

A draw is a keyed hash of building, day and purpose and hangs on nothing else, so that a building more changes no
other's. The seed of the random share is published, that of evening visits kept secret.
"""

from datetime import date
from hashlib import blake2b

import numpy as np

EXACT_BITS = 53  # of a float64: every draw is a multiple of 2^-53
NOBODY = -1


def drawn(seed: bytes, ids: np.ndarray, day: date, purpose: str) -> np.ndarray:
    """For each building a number that may as well have been any other in [0, 1), float64 (n,).

    seed: 1 to 64 bytes; ids: whole numbers (n,), the buildings' own, not their rows.
    """
    begun = blake2b(f"{purpose}\n{day}\n".encode(), digest_size=8, key=seed)
    each = ids.astype("<i8").tobytes()
    digests = bytearray()
    for at in range(0, len(each), 8):
        one = begun.copy()
        one.update(each[at : at + 8])
        digests += one.digest()
    return (np.frombuffer(digests, "<u8") >> np.uint64(64 - EXACT_BITS)) * 2.0**-EXACT_BITS


def random_share(
    seed: bytes, ids: np.ndarray, grade: np.ndarray, may: np.ndarray, begins: date, part: float
) -> np.ndarray:
    """The buildings to be visited at random in the weeks from `begins`, whatever their grade: bool (n,).

    may: bool (n,), those not yet due. Of these the lowest draws of each grade, `part` of them, half up: fewer than
    half a building's worth of a grade gives none, so it is drawn over a whole city and never by grid.
    """
    draw, chosen = drawn(seed, ids, begins, "random share"), np.zeros(len(ids), bool)
    for one in np.unique(grade[may]):
        rows = np.flatnonzero(may & (grade == one))
        number = int(np.floor(part * len(rows) + 0.5))
        chosen[rows[np.lexsort((ids[rows], draw[rows]))[:number]]] = True
    return chosen


def random_week(seed: bytes, ids: np.ndarray, begins: date, weeks: int) -> np.ndarray:
    """In which of the `weeks` from `begins` each building would be visited at random, from 0. int64 (n,)."""
    return (drawn(seed, ids, begins, "random week") * weeks).astype(np.int64)


def random_officer(seed: bytes, ids: np.ndarray, officers: np.ndarray, may: np.ndarray, begins: date) -> np.ndarray:
    """Who goes to each building, int64 (n,): of the officers who may, the one whose draw with it is lowest, or NOBODY.

    officers: int64 (m,), their ids; may: bool (n, m). An officer more takes buildings over and moves none between
    others.
    """
    lowest, goes = np.full(len(ids), np.inf), np.full(len(ids), NOBODY, np.int64)
    for officer, may_go in zip(officers, may.T, strict=True):
        draw = np.where(may_go, drawn(seed, ids, begins, f"random officer {officer}"), np.inf)
        goes[draw < lowest] = officer
        lowest = np.minimum(lowest, draw)
    return goes


def evening_visits(seed: bytes, ids: np.ndarray, day: date, mean_gap_days: int) -> np.ndarray:
    """The buildings that are called on unannounced in the evening of a day, bool (n,).

    Each evening is a draw of its own: the days between two are geometric, and how long ago the last was tells nothing.
    """
    return drawn(seed, ids, day, "evening") < 1 / mean_gap_days
