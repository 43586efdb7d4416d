"""Routes of a plan made again: what is announced keeps its officer, its day and its turn, and the rest is fitted in.

A search would come to a plan that is no better and quite another. So nothing announced moves, unless its officer-day is
gone, or it gives way to one that lost its own place, or has come up, must be made by a last day of the plan, and is
worth more by the price of a move.
"""

import numpy as np

from data.planning.joint import Orders, allowed_visits, with_joint_fixed, without_halves
from data.planning.moves import longer_s, with_visit
from data.planning.prizes import day_costs, prizes
from data.planning.problem import JOINT, URGENT, Problem, Routes
from data.planning.timetable import begins, routes_of, walked_s


def kept_routes(problem: Problem) -> Routes:
    """The routes of `problem.before` as far as they hold, with every other visit that fits, what is worth most first.

    An announced or urgent visit that must be made by a last day may take the place of what is worth less, which then
    looks for another. What else has lost its place is fitted in or left out: others do not pay for it, nor for what was
    left out before. problem.before: not None.
    """
    fixed = with_joint_fixed(problem)
    if not allowed_visits(fixed).any():
        return routes_of(fixed, {})
    plan = _Plan(fixed)
    came_up = ~np.isnat(fixed.needs.announced_day) | fixed.needs.of_kind(URGENT)
    urgent = came_up & (fixed.needs.last_day <= fixed.crew.day.max())  # false for NaT
    by_prize = np.argsort(-plan.prize, kind="stable")
    waiting = by_prize[~np.isin(by_prize, plan.made)].tolist()
    for need in waiting:
        if not plan.insert(need) and urgent[need]:
            for out in plan.make_way(need):
                plan.insert(out)
    return routes_of(fixed, without_halves(fixed, {one: order for one, order in plan.orders.items() if order}))


class _Plan:
    """Orders that grow. prize, allowed: as for the solver; spare: seconds left of each officer-day."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.prize, self.allowed = problem, prizes(problem), allowed_visits(problem)
        self.orders = _what_holds(problem, self.allowed)
        self.spare = 60 * problem.crew.minutes.astype(np.int64)
        self.dear = {day: day_costs(problem, day) for day in np.unique(problem.crew.day)}
        for one in self.orders:
            self._reckon(one)

    @property
    def made(self) -> list[int]:
        return [need for order in self.orders.values() for need in order]

    def insert(self, need: int) -> bool:
        """Puts the visit where it costs least; False where no day holds it or it is not worth its way."""
        seconds, costs = 60 * int(self.problem.needs.minutes[need]), {}
        for one in np.flatnonzero(self.allowed[:, need] & (self.spare >= seconds)).tolist():
            order = self.orders.get(one, [])
            found = self._best(one, order, need, int(self.spare[one]) - seconds)
            if found is not None:
                costs[one] = (found[0] + int(self.dear[self.problem.crew.day[one]][need]), found[1])
        if not costs:
            return False
        one = min(costs, key=lambda row: (costs[row][0], row))
        if costs[one][0] >= self.prize[need]:
            return False
        self._set(one, costs[one][1])
        return True

    def make_way(self, need: int) -> list[int]:
        """Puts the visit in the place of those on one day that are worth least together, and returns them; none where
        they would be worth as much as it is, or nearly."""
        best: tuple[int, int, list[int], list[int]] | None = None
        for one in np.flatnonzero(self.allowed[:, need]).tolist():
            for out in self._ways(one):
                order = [row for row in self.orders[one] if row not in out]
                found = self._best(one, order, need, self._spare_of(one, order) - 60 * self._minutes(need))
                if found is not None:
                    lost = int(self.prize[out].sum()) + self.problem.move_cost * len(out) + found[0]
                    best = min(best or (lost, one, found[1], out), (lost, one, found[1], out))
        if best is None or best[0] >= self.prize[need]:
            return []
        self._set(best[1], best[2])
        return best[3]

    def _ways(self, officer_day: int) -> list[list[int]]:
        """Which visits of a day may make way: each alone, or several that are worth least."""
        needs = self.problem.needs
        fixed = needs.is_pinned | needs.of_kind(JOINT)
        may = [need for need in self.orders.get(officer_day, []) if not fixed[need]]
        may.sort(key=lambda need: int(self.prize[need]))
        return [*([need] for need in may), *(may[:several] for several in range(2, len(may) + 1))]

    def _best(self, officer_day: int, order: list[int], need: int, spare: int) -> tuple[int, list[int]] | None:
        """Seconds walked more and the order with the visit, the fewest that the day holds; None where it does not."""
        longer = longer_s(self.problem, officer_day, order, need)
        for place in np.argsort(longer, kind="stable").tolist():
            if longer[place] > spare:
                return None
            if begins(self.problem, officer_day, with_visit(order, need, place)) is not None:
                return int(longer[place]), with_visit(order, need, place)
        return None

    def _set(self, officer_day: int, order: list[int]) -> None:
        self.orders[officer_day] = order
        self._reckon(officer_day)

    def _reckon(self, officer_day: int) -> None:
        self.spare[officer_day] = self._spare_of(officer_day, self.orders[officer_day])

    def _spare_of(self, officer_day: int, order: list[int]) -> int:
        visits = 60 * int(self.problem.needs.minutes[order].sum())
        return 60 * int(self.problem.crew.minutes[officer_day]) - visits - walked_s(self.problem, officer_day, order)

    def _minutes(self, need: int) -> int:
        return int(self.problem.needs.minutes[need])


def _what_holds(problem: Problem, allowed: np.ndarray) -> Orders:
    """Of each announced day the visits in their turn, without those that the day does not hold any more."""
    orders = Orders()
    if problem.before is None:
        return orders
    for one, announced in problem.before.orders.items():
        order: list[int] = []
        for need in announced:
            if allowed[one, need] and begins(problem, one, [*order, need]) is not None:
                order.append(need)
        orders[one] = order
    return orders
