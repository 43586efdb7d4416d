"""Mistakes around a plan, each with its cure."""

from data.errors import DataError


class PlanningError(DataError):
    """Base of every mistake of this room."""


class WrongProblem(PlanningError):
    """Officers and visits that do not fit together."""


class NoRoutes(PlanningError):
    """The solver came to no routes that may be walked; the plan falls back to due day and nearest neighbour."""


class NoSolver(PlanningError):
    """The processes that search for routes do not stay alive."""


class OfficerRefused(PlanningError):
    """What is said of an officer and cannot be so; nothing was written."""


class PlanRefused(PlanningError):
    """A plan, or a word against one, that is not kept as it was given; nothing was written."""
