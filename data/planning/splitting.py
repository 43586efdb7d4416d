"""Areas apart, and an area too large for one problem cut in pieces; each piece is planned as if it were alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from data.planning.problem import NOBODY, Problem, Routes, taken
from geo.morton import keys

MOST_NEEDS = 600  # above, a problem takes seconds and its matrices a megabyte a day each; at 1,400 needs 332 MB
SEED_BYTES = 4  # the solver takes 32 bits


@dataclass(frozen=True)
class Piece:
    """A part of a problem with the rows it was made of, int64 both."""

    problem: Problem
    crew: np.ndarray
    needs: np.ndarray


def area_seed(plan_seed: int, area: str) -> int:
    """The solver's seed of an area, 0..2^32-1: a draw of plan and area, whatever its neighbours."""
    return int.from_bytes(blake2b(f"{plan_seed}/{area}".encode(), digest_size=SEED_BYTES).digest(), "big")


def of_areas(whole: Problem, crew_area: np.ndarray, need_area: np.ndarray, codes: Sequence[str]) -> list[Piece]:
    """A problem for each area that has needs, in order of `codes`.

    crew_area, need_area: rows in codes, (crew,) and (needs,). Grid officers have a grid each, a team its community.
    """
    of_crew, of_needs = (_rows_by_area(area, len(codes)) for area in (crew_area, need_area))
    return [
        _piece(whole, code, *rows) for code, *rows in zip(codes, of_crew, of_needs, strict=True) if len(rows[1]) > 0
    ]


def cut(problem: Problem, most: int = MOST_NEEDS) -> list[Piece]:
    """The problem in pieces of about `most` needs that lie together, each with officers of every role in demand.

    Officers stay whole: the pieces are no more than the officers of the rarest role that is wanted. Visits pinned to
    an officer, or announced as theirs, go where that officer goes, visits of one building stay together.
    """
    pieces = min(-(-len(problem.needs) // most), _fewest_officers(problem))
    if pieces < 2:
        return [_piece(problem, problem.code, np.arange(len(problem.crew)), np.arange(len(problem.needs)))]
    of_officer = _dealt_out(problem, pieces)
    of_crew = np.array([of_officer[officer] for officer in problem.crew.officer.tolist()], np.int64)
    of_needs = _by_place(problem, np.bincount(of_crew, problem.crew.minutes, pieces))
    officer = _whose(problem)
    known = np.isin(officer, problem.crew.officer)
    of_needs[known] = [of_officer[one] for one in officer[known].tolist()]
    return [
        _piece(problem, f"{problem.code}/{one + 1}", np.flatnonzero(of_crew == one), np.flatnonzero(of_needs == one))
        for one in range(pieces)
    ]


def put_together(pieces: Sequence[Piece], routes: Sequence[Routes]) -> Routes:
    """The routes of all pieces by the rows of the problem they were cut from, in order of officer-day."""
    crew = np.concatenate([piece.crew[one.crew] for piece, one in zip(pieces, routes, strict=True)])
    need = np.concatenate([piece.needs[one.need] for piece, one in zip(pieces, routes, strict=True)])
    arrives = np.concatenate([one.arrives for one in routes])
    order = np.argsort(crew, kind="stable")
    return Routes(crew[order], need[order], arrives[order], sum(one.walked_s for one in routes))


def _piece(whole: Problem, code: str, crew: np.ndarray, needs: np.ndarray) -> Piece:
    places = np.concatenate([crew, len(whole.crew) + needs])
    by_road = None if whole.by_road is None else whole.by_road[np.ix_(places, places)]
    before = None if whole.before is None else _within(whole.before, crew, needs)
    own_crew, own_needs = taken(whole.crew, crew), taken(whole.needs, needs)
    part = replace(whole, code=code, crew=own_crew, needs=own_needs, by_road=by_road, before=before)
    return Piece(part, crew, needs)


def _within(routes: Routes, crew: np.ndarray, needs: np.ndarray) -> Routes:
    """The stops of these rows, which rise, by their numbers among them."""
    kept = np.isin(routes.crew, crew) & np.isin(routes.need, needs)
    rows = np.searchsorted(crew, routes.crew[kept]), np.searchsorted(needs, routes.need[kept])
    return Routes(*rows, routes.arrives[kept], routes.walked_s)


def _rows_by_area(area: np.ndarray, areas: int) -> list[np.ndarray]:
    order = np.argsort(area, kind="stable")
    return np.split(order, np.searchsorted(area[order], np.arange(1, areas)))


def _whose(problem: Problem) -> np.ndarray:
    """The officer of each need by its pin, else by what is announced, else NOBODY; int64 (needs,)."""
    officer = np.full(len(problem.needs), NOBODY, np.int64)
    if problem.before is not None:
        officer[problem.before.need] = problem.crew.officer[problem.before.crew]
    return np.where(problem.needs.pinned_officer == NOBODY, officer, problem.needs.pinned_officer)


def _fewest_officers(problem: Problem) -> int:
    """Officers of the rarest role that both is wanted and has any."""
    roles = np.intersect1d(problem.crew.role, problem.needs.role)
    return min((len(np.unique(problem.crew.officer[problem.crew.role == role])) for role in roles), default=0)


def _dealt_out(problem: Problem, pieces: int) -> dict[int, int]:
    """Officer to piece, role by role in turn."""
    dealt: dict[int, int] = {}
    for role in range(len(problem.roles)):
        officers = np.unique(problem.crew.officer[problem.crew.role == role]).tolist()
        dealt |= {officer: turn % pieces for turn, officer in enumerate(officers)}
    return dealt


def _by_place(problem: Problem, capacity: np.ndarray) -> np.ndarray:
    """The piece of each need, by Morton order, minutes of visits in proportion to the minutes of the officers."""
    needs = problem.needs
    on_map = np.isfinite(needs.place).all(axis=1)
    key = np.zeros(len(needs), np.int64)
    key[on_map] = keys(*needs.place[on_map].T)
    order = np.lexsort((needs.building, key))
    until = np.cumsum(needs.minutes[order]) - needs.minutes[order]
    bounds = np.cumsum(capacity)[:-1] / capacity.sum() * needs.minutes.sum()
    piece = np.empty(len(needs), np.int64)
    piece[order] = np.searchsorted(bounds, until, side="right")
    return _first_of_building(needs.building, piece)


def _first_of_building(building: np.ndarray, piece: np.ndarray) -> np.ndarray:
    _, first, row = np.unique(building, return_index=True, return_inverse=True)
    return piece[first][row]
