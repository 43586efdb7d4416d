"""What a value may be: days, words, answers. Raises RecordRefused."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase

from data.city.answer_text import joined_answers
from data.db.tables import table_of
from data.records.errors import RecordRefused
from scoring.errors import Sentence
from scoring.rulebook.criteria import YesNo
from scoring.rulebook.model import Edition

EARLIEST = date(1990, 1, 1)  # registers of rental buildings are younger; an earlier year is a slip of the pen
LONGEST_REPAIR = timedelta(days=3660)  # ten years: a later term is one, too
NOT_READ = 9  # the highest answer to an item that no rule of the city reads


def check_day(day: date, on: date) -> None:
    """Refuses a day that lies ahead of `on`, or too far back to be meant."""
    if day > on:
        raise RecordRefused("{day} lies ahead: today is {on}; correct the day.", day=day, on=on)
    if day < EARLIEST:
        raise RecordRefused("{day} lies before {earliest}; correct the day.", day=day, earliest=EARLIEST)


def check_before_end(name: str, code: str, ended_on: date | None, day: date) -> None:
    """Refuses a day after the end of a building or home; on the day itself it may have happened still."""
    if ended_on is not None and day > ended_on:
        raise RecordRefused(
            "The {table} '{code}' ended on {last_day}, its last day, and {day} lies after it; correct the day.",
            table=Sentence(name),
            code=code,
            last_day=ended_on,
            day=day,
        )


def check_term(found_on: date, due_on: date | None) -> None:
    """Refuses a term for a repair that ends before it begins, or after all who could see it kept."""
    if due_on is not None and not found_on <= due_on <= found_on + LONGEST_REPAIR:
        raise RecordRefused(
            "The term {due_on} must lie between {found_on} and {last}; correct it.",
            due_on=due_on,
            found_on=found_on,
            last=found_on + LONGEST_REPAIR,
        )


def check_known(value: str, known: Iterable[str]) -> None:
    """Refuses a word that is none of those known."""
    words = tuple(known)
    if value not in words:
        raise RecordRefused("'{value}' is none of {known}; choose one of them.", value=_shown(value), known=words)


def check_code(value: str | None, model: type[DeclarativeBase], name: str) -> None:
    """Refuses what does not fit its column or cannot be shown; None is no code at all."""
    column_type = table_of(model).c[name].type
    assert isinstance(column_type, String) and column_type.length
    if value is not None and not (0 < len(value) <= column_type.length and value.isprintable()):
        raise RecordRefused(
            "'{value}' is no code of 1 to {longest} characters; correct it, or leave it out.",
            value=_shown(value),
            longest=column_type.length,
        )


def answer_text(
    checklist: str, items: Sequence[str], answers: Mapping[str, int | None], highest: Mapping[str, int]
) -> str:
    """The answers as the table holds them, in the order of the check-list."""
    if missing := tuple(item for item in items if item not in answers):
        raise RecordRefused(
            "The check-list '{checklist}' also asks {missing}; answer each item.", checklist=checklist, missing=missing
        )
    if unknown := tuple(_shown(item) for item in answers if item not in items):
        raise RecordRefused(
            "The check-list '{checklist}' does not ask {unknown}; leave it out.", checklist=checklist, unknown=unknown
        )
    return joined_answers([_sign(item, answers[item], highest.get(item, NOT_READ)) for item in items])


def _sign(item: str, answer: int | None, highest: int) -> str:
    if answer is None:
        return "-"
    if answer not in range(highest + 1):
        raise RecordRefused(
            "'{item}' is answered with 0 to {highest}, or does not apply; correct the answer.",
            item=item,
            highest=highest,
        )
    return str(int(answer))


def highest_answers(editions: Iterable[Edition]) -> dict[str, int]:
    """The highest answer every edition can read, by item; an item of which none of them tells is left out.

    One answer too high would leave the whole city without grades: see scoring.rulebook.group.
    """
    highest: dict[str, int] = {}
    for edition in editions:
        for criterion in edition.criteria:
            for need in criterion.needs:
                fact = edition.facts[need.fact]
                best = fact.best or criterion.best_answer(need, edition)
                if fact.kind == "answer" and best is not None and (fact.best or isinstance(criterion, YesNo)):
                    most = max(best, 1)  # of yes and no, no may be the better answer
                    highest[fact.of[0]] = min(most, highest.get(fact.of[0], most))
    return highest


def event_kinds(editions: Iterable[Edition]) -> tuple[str, ...]:
    """The kinds of event that rules count, in alphabetical order."""
    facts = (fact for edition in editions for fact in edition.facts.values() if fact.kind == "events")
    return tuple(sorted({kind for fact in facts for kind in fact.of}))


def _shown(text: str) -> str:
    """A word as given, cut short and without what cannot be shown."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:40])
