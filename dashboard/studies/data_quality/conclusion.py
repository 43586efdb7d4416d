"""What a part of the data-quality study comes to, in words a leader uses."""

from dataclasses import dataclass

from dashboard.look.conclusion import Statement, said
from dashboard.look.stat_cards import share
from scoring.studies.share_interval import share_interval

FEWEST_UNITS = 5  # fewer say nothing of what is usual
COUNTED = ("recorded", "made", "visited")  # parts whose figures are whole counts: there chance has no say


@dataclass(frozen=True)
class Findings:
    """Of so many units (areas or officers) of a part so many stand out. unit: "areas" or "officers".

    chance: the share that stands out by chance alone.
    """

    part: str
    unit: str
    units: int
    flagged: int
    chance: float = 0.0


@dataclass(frozen=True)
class VisitFigures:
    """Buildings looked at, those never visited, and those visited, but not for a year."""

    buildings: int
    never: int
    long: int


def concluded(findings: Findings, day: str) -> list[Statement]:
    about = {
        "day": day,
        "units": f"{findings.units:,}",
        "flagged": f"{findings.flagged:,}",
        "share": share(findings.flagged, findings.units),
        "expected": f"{findings.chance * findings.units:.1f}",
    }
    kind = findings.part if findings.part in COUNTED else findings.unit
    return [said(f"data_quality.conclude_{kind}_{_result(findings)}", **about)]


def _result(findings: Findings) -> str:
    if not findings.units:
        return "no_data"
    if findings.part in COUNTED:
        return "below" if findings.flagged else "none"
    if findings.units < FEWEST_UNITS:
        return "too_few"
    if not findings.flagged:
        return "none"
    low, _ = share_interval(findings.flagged, findings.units)
    return "found" if low > findings.chance else "unsure"


def visits_concluded(figures: VisitFigures, day: str) -> list[Statement]:
    if not figures.buildings:
        return [said("data_quality.conclude_visits_no_data", day=day)]
    lately = figures.buildings - figures.never - figures.long
    values = {
        "day": day,
        "n": f"{figures.buildings:,}",
        "lately": f"{lately:,}",
        "lately_share": share(lately, figures.buildings),
        "never": f"{figures.never:,}",
        "long": f"{figures.long:,}",
    }
    return [said(f"data_quality.conclude_visits_{'all' if lately == figures.buildings else 'some'}", **values)]
