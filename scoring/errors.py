"""Mistakes that reach the scoring room from outside, each with its cure."""


class ScoringError(Exception):
    """Base of every mistake reported by this room: one sentence that names the cure."""


class WrongRule(ScoringError):
    """A rule file that cannot be read as one: the sentence names file, place and what would be right."""


class NoSuchRuleSet(ScoringError):
    """A rule set was asked for that has no folder of editions."""


class NoRuleInForce(ScoringError):
    """A day was asked for on which no edition of the rule set had begun."""


class WrongFacts(ScoringError):
    """Facts that do not fit the edition they are to be rated by."""


class WrongFrame(ScoringError):
    """A frame of visits that no backtest can be made of."""
