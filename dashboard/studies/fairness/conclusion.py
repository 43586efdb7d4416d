"""What a rule does and for whom, in words a leader uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.look.conclusion import Statement, said
from dashboard.look.stat_cards import share
from scoring.studies.grade_changes import BETTER, WORSE
from scoring.studies.share_interval import is_more

FEWEST_AFFECTED = 20  # of fewer a group or two is hit by chance alone
Groupings = Mapping[str, tuple[np.ndarray, Sequence[str]]]


@dataclass(frozen=True)
class RuleFigures:
    """Buildings by what a rule makes of their grades on a day, of those graded with it and without it.

    groups: title of a way of grouping → buildings by group and direction, int (groups, 3), and the groups' names.
    """

    rule: str
    day: str
    worse: int
    same: int
    better: int
    groups: Groupings

    @property
    def twice(self) -> int:
        return self.worse + self.same + self.better


@dataclass(frozen=True)
class _Group:
    title: str
    name: str
    affected: int
    of: int
    rest_affected: int
    rest_of: int

    @property
    def more_than_the_rest(self) -> float:
        return self.affected / self.of - self.rest_affected / self.rest_of


def concluded(figures: RuleFigures) -> list[Statement]:
    about = {"rule": figures.rule, "day": figures.day}
    if not figures.twice:
        return [said("fairness.conclude_no_data", **about)]
    about |= {
        "n": f"{figures.twice:,}",
        "worse": f"{figures.worse:,}",
        "better": f"{figures.better:,}",
        "worse_share": share(figures.worse, figures.twice),
        "better_share": share(figures.better, figures.twice),
    }
    if not figures.worse and not figures.better:
        return [said("fairness.conclude_none", **about)]
    direction = WORSE if figures.worse >= figures.better else BETTER
    kind = "both" if figures.worse and figures.better else "worse" if figures.worse else "better"
    return [said(f"fairness.conclude_{kind}", **about), _for_whom(figures, direction)]


def _for_whom(figures: RuleFigures, direction: int) -> Statement:
    """The group that is hit harder than the rest of its kind, where chance does not explain it."""
    side = "worse" if direction == WORSE else "better"
    affected = figures.worse if direction == WORSE else figures.better
    if affected < FEWEST_AFFECTED:
        return said("fairness.conclude_too_few", n=f"{affected:,}")
    groups = list(_compared(figures.groups, direction))
    beyond_chance = [
        one for one in groups if is_more((one.affected, one.of), (one.rest_affected, one.rest_of), len(groups))
    ]
    if not beyond_chance:
        return said("fairness.conclude_unsure")
    most = max(beyond_chance, key=lambda one: one.more_than_the_rest)
    values = {
        "title": most.title,
        "group": most.name,
        "part": f"{most.affected:,}",
        "of": f"{most.of:,}",
        "share": share(most.affected, most.of),
        "rest_share": share(most.rest_affected, most.rest_of),
    }
    return said(f"fairness.conclude_most_{side}", **values)


def _compared(groupings: Groupings, direction: int) -> list[_Group]:
    """Every group beside the others of its kind; those without a building, or without others, have nothing to say."""
    found = []
    for title, (counts, names) in groupings.items():
        affected, of = counts[:, direction], counts.sum(axis=1)
        for place, name in enumerate(names):
            rest_affected, rest_of = int(affected.sum() - affected[place]), int(of.sum() - of[place])
            if of[place] and rest_of:
                found.append(_Group(title, name, int(affected[place]), int(of[place]), rest_affected, rest_of))
    return found
