"""What a draft would come to, in words a leader uses: every building is graded by both, so no figure is a sample."""

from dataclasses import dataclass

from dashboard.look.conclusion import Statement, said
from dashboard.look.stat_cards import share


@dataclass(frozen=True)
class DraftFigures:
    """Buildings by what a draft would make of their grades on a day; visits a week by the rules in force and by it.

    worse, same, better: graded by both; gone: graded by the rules in force alone; newly: by the draft alone.
    """

    day: str
    worse: int
    same: int
    better: int
    newly: int
    gone: int
    visits_before: float
    visits_after: float

    @property
    def twice(self) -> int:
        return self.worse + self.same + self.better


def concluded(figures: DraftFigures) -> list[Statement]:
    if not figures.twice:
        return [said("sandbox.conclude_no_data", day=figures.day)]
    about = {
        "day": figures.day,
        "n": f"{figures.twice:,}",
        "worse": f"{figures.worse:,}",
        "better": f"{figures.better:,}",
        "worse_share": share(figures.worse, figures.twice),
        "better_share": share(figures.better, figures.twice),
    }
    statements = [said(f"sandbox.conclude_{_direction(figures)}", **about)]
    if figures.newly or figures.gone:
        besides = {"newly": f"{figures.newly:,}", "gone": f"{figures.gone:,}"}
        statements.append(said("sandbox.conclude_besides", **besides))
    return [*statements, *_visits(figures.visits_before, figures.visits_after)]


def _direction(figures: DraftFigures) -> str:
    if not figures.worse and not figures.better:
        return "none"
    if figures.worse == figures.better:
        return "even"
    return "stricter" if figures.worse > figures.better else "milder"


def _visits(before: float, after: float) -> list[Statement]:
    """What the visits come to; nothing where the rules ask for none, or for as many as before."""
    if round(before) == round(after):
        return []
    direction = "more" if after > before else "fewer"
    values = {"before": f"{before:,.0f}", "after": f"{after:,.0f}", "by": f"{abs(round(after) - round(before)):,}"}
    return [said(f"sandbox.conclude_{direction}_visits", **values)]
