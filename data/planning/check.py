"""Whether routes keep every hard rule. It knows the problem and nothing of how routes are found.

Times are reckoned here anew, in whole seconds, from the order of the stops alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from data.planning.problem import JOINT, NOBODY, Problem, Routes
from scoring.errors import Sentence


def violations(problem: Problem, routes: Routes) -> list[Sentence]:
    """What is wrong, a sentence each; none where every rule is kept."""
    if unreadable := list(_rows(problem, routes)):
        return unreadable
    walked = 0
    found = [*_once(problem, routes), *_joint(problem, routes)]
    for crew, need in zip(routes.crew.tolist(), routes.need.tolist(), strict=True):
        found += _stop(problem, crew, need)
    for crew in np.unique(routes.crew).tolist():
        on_this_day = routes.crew == crew
        wrong, on_foot = _day(problem, crew, routes.need[on_this_day].tolist(), routes.arrives[on_this_day].tolist())
        walked += on_foot
        found += wrong
    if walked != routes.walked_s:
        found.append(Sentence("{said} s of walking are stated; it is {walked} s.", said=routes.walked_s, walked=walked))
    return found


def _rows(problem: Problem, routes: Routes) -> Iterator[Sentence]:
    lengths = {len(routes.crew), len(routes.need), len(routes.arrives)}
    if len(lengths) > 1:
        yield Sentence("The columns of the routes differ in length.")
        return
    for row, among in ((routes.crew, len(problem.crew)), (routes.need, len(problem.needs))):
        if len(row) and (row.min() < 0 or row.max() >= among):
            yield Sentence("A stop names a row that the problem does not have.")
    if (np.diff(routes.crew) < 0).any():
        yield Sentence("The stops are not in order of officer-days.")


def _once(problem: Problem, routes: Routes) -> Iterator[Sentence]:
    for need, times in Counter(routes.need.tolist()).items():
        if times > 1:
            yield Sentence("{building}: the visit is made {times} times.", **_building(problem, need), times=times)


def _stop(problem: Problem, crew: int, need: int) -> Iterator[Sentence]:
    """What is wrong with this officer on this day making this visit."""
    who, wanted, named = problem.crew, problem.needs, _building(problem, need)
    day, officer = who.day[crew], int(who.officer[crew])
    if who.role[crew] != wanted.role[need]:
        role = problem.roles[wanted.role[need]]
        yield Sentence("{building}: officer {officer} is no {role}.", **named, officer=officer, role=role)
    if day > wanted.last_day[need]:  # a comparison with NaT is false
        yield Sentence("{building}: the visit on {day} is after its last day.", **named, day=str(day))
    if day < wanted.earliest[need]:
        yield Sentence("{building}: the visit on {day} is before its earliest day.", **named, day=str(day))
    if wanted.pinned_officer[need] not in (NOBODY, officer):
        yield Sentence("{building}: the visit is pinned to another officer than {officer}.", **named, officer=officer)
    if not np.isnat(wanted.pinned_day[need]) and wanted.pinned_day[need] != day:
        yield Sentence("{building}: the visit is pinned to another day than {day}.", **named, day=str(day))


def _day(problem: Problem, crew: int, order: list[int], arrives: list[int]) -> tuple[list[Sentence], int]:
    """What is wrong with the hours of an officer-day, and the seconds that are walked on it."""
    wanted, found, first = problem.needs, [], len(problem.crew)
    (opens, closes), joint = wanted.window, wanted.of_kind(JOINT)
    now = starts = int(problem.crew.starts[crew]) * 60
    here, walked = crew, 0
    for need, said in zip(order, arrives, strict=True):
        way = int(problem.walking[here, first + need])
        now, here, walked = max(now + way, int(opens[need]) * 60), first + need, walked + way
        if joint[need]:
            now = max(now, said * 60)  # whoever is there first waits for the other
        if now > closes[need] * 60:
            found.append(Sentence("{building}: the visit begins after its window.", **_building(problem, need)))
        if not 0 <= said * 60 - now < 60:
            found.append(Sentence("{building}: the visit does not begin when it says.", **_building(problem, need)))
        now += int(wanted.minutes[need]) * 60
    way = int(problem.walking[here, crew])
    if now + way - starts > int(problem.crew.minutes[crew]) * 60:
        who = {"officer": int(problem.crew.officer[crew]), "day": str(problem.crew.day[crew])}
        found.append(Sentence("Officer {officer} works longer than the minutes of {day}.", **who))
    return found, walked + way


def _joint(problem: Problem, routes: Routes) -> Iterator[Sentence]:
    """A visit by several is made by all of them at one moment, or by none."""
    joint = problem.needs.of_kind(JOINT)
    wanted = Counter(problem.needs.building[joint].tolist())
    officers, moments = defaultdict(set), defaultdict(set)
    for crew, need, minute in zip(routes.crew, routes.need, routes.arrives.tolist(), strict=True):
        if joint[need]:
            building = int(problem.needs.building[need])
            officers[building].add(int(problem.crew.officer[crew]))
            moments[building].add((str(problem.crew.day[crew]), minute))
    for building, those in officers.items():
        if len(those) != wanted[building] or len(moments[building]) > 1:
            yield Sentence("{building}: the joint visit is not made by all at one moment.", building=building)


def _building(problem: Problem, need: int) -> dict[str, int]:
    return {"building": int(problem.needs.building[need])}
