"""What the changes between two days come to, in words a leader uses."""

from dataclasses import dataclass

from dashboard.look.conclusion import Statement, said
from dashboard.look.stat_cards import share
from scoring.studies.share_interval import share_interval

FEWEST_MOVED = 6  # of fewer all may go one way and the exact interval still holds one half


@dataclass(frozen=True)
class ChangeFigures:
    """Buildings by what became of their grades between two days. worse, same, better: graded on both days.

    cause: the one rule that moved most of them, in words, and how many; None where none did so by itself.
    """

    first: str
    last: str
    worse: int
    same: int
    better: int
    newly: int = 0
    gone: int = 0
    cause: tuple[str, int] | None = None

    @property
    def twice(self) -> int:
        return self.worse + self.same + self.better


def concluded(figures: ChangeFigures) -> list[Statement]:
    days = {"first": figures.first, "last": figures.last}
    if not figures.twice:
        return [said("changes.conclude_no_data", **days)]
    about = days | {
        "n": f"{figures.twice:,}",
        "worse": f"{figures.worse:,}",
        "better": f"{figures.better:,}",
        "worse_share": share(figures.worse, figures.twice),
        "better_share": share(figures.better, figures.twice),
    }
    statements = [said(f"changes.conclude_{_direction(figures)}", **about)]
    if figures.cause is not None:
        name, moved = figures.cause
        statements.append(said("changes.conclude_cause", cause=name, n=f"{moved:,}"))
    if figures.newly or figures.gone:
        besides = {"newly": f"{figures.newly:,}", "gone": f"{figures.gone:,}"}
        statements.append(said("changes.conclude_besides", **besides))
    return statements


def _direction(figures: ChangeFigures) -> str:
    """Which way the city went, where those that moved leave no doubt of it."""
    moved = figures.worse + figures.better
    if not moved:
        return "none"
    if moved < FEWEST_MOVED:
        return "too_few"
    low, high = share_interval(figures.better, moved)
    return "better" if low > 0.5 else "worse" if high < 0.5 else "unsure"
