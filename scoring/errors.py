"""Mistakes that reach the scoring room from outside, each with its cure."""

from scoring.wording import worded


class Sentence:
    """An English sentence that can be said in another language: a template and the values of its placeholders.

    A value may be a sentence itself; a tuple is listed. In English it reads as `str(sentence)`.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template, self.values = template, values

    def __str__(self) -> str:
        return worded(self.template, {name: _listed(value) for name, value in self.values.items()})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(str(self))


def _listed(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


class ScoringError(Sentence, Exception):
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


class NoSuchIntervals(ScoringError):
    """Published intervals were asked for that there are not, or not for this rule set."""


class OutsideCalendar(ScoringError):
    """A day was asked for that a calendar of working days does not reach."""
