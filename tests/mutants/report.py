"""The table of the rooms, and the mutants that no test noticed."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from tests.mutants.mutations import Mutant

HEAD = "| room | made | killed | survived | survived, % |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    noticed: bool


def table(verdicts: Sequence[Verdict]) -> str:
    """made: of how many small mistakes; killed: noticed by a related test."""
    rooms = list(dict.fromkeys(verdict.mutant.place.room for verdict in verdicts))
    rows = [_row(room, [one for one in verdicts if one.mutant.place.room == room]) for room in rooms]
    return "\n".join((HEAD, *rows, _row("together", verdicts)))


def _row(name: str, verdicts: Sequence[Verdict]) -> str:
    made, survived = len(verdicts), sum(not verdict.noticed for verdict in verdicts)
    return f"| {name} | {made} | {made - survived} | {survived} | {100 * survived / max(made, 1):.0f} |"


def survivors(verdicts: Sequence[Verdict], sources: dict[str, str]) -> str:
    """A diff for each."""
    return "\n".join(_difference(one.mutant, sources[one.mutant.place.path]) for one in verdicts if not one.noticed)


def _difference(mutant: Mutant, source: str) -> str:
    lines = difflib.unified_diff(source.splitlines(), mutant.code.splitlines(), lineterm="", n=1)
    head = f"{mutant.place.path}:{mutant.line} {mutant.function}"
    return "\n".join((head, *list(lines)[2:], ""))
