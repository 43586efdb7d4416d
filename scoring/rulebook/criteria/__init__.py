"""The kinds of criterion, a module each: how it is read from a rule file, scored, explained and tried otherwise.

To add a kind, write its module and name it in KINDS, before any kind whose tables would also fit.
"""

from scoring.rulebook.criteria.by_range import ByRange, Range
from scoring.rulebook.criteria.criterion_kind import CriterionKind, RuleContext
from scoring.rulebook.criteria.group_points import GroupPoints, NoApplicableItems, Share
from scoring.rulebook.criteria.per_count import PerCount
from scoring.rulebook.criteria.yes_no import YesNo
from scoring.rulebook.model import Criterion
from scoring.rulebook.toml_table import Table

__all__ = [
    "KINDS",
    "ByRange",
    "GroupPoints",
    "NoApplicableItems",
    "PerCount",
    "Range",
    "RuleContext",
    "Share",
    "YesNo",
    "read_criterion",
]

KINDS: tuple[type[CriterionKind], ...] = (Share, ByRange, GroupPoints, YesNo, PerCount)


def read_criterion(table: Table, context: RuleContext) -> Criterion:
    """The criterion in one [[criterion]] of a rule file. Raises WrongRule."""
    with table:
        return next(kind for kind in KINDS if kind.fits(table)).read(table, context)
