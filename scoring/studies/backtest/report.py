"""A backtest in plain English, for a terminal."""

from collections.abc import Mapping

from scoring.studies.backtest.calibration import Calibration
from scoring.studies.backtest.measures import Estimate
from scoring.studies.backtest.rankings import PRIOR_VISITS
from scoring.studies.backtest.run import INSIDE, INSIDE_RANDOM, Backtest
from scoring.wording import worded

NAMES = {
    "score": "by score",
    "other": "by the other score",
    "last_result": "by last result",
    "inspector": "by inspector alone",
    "random": "at random",
    "actual": "as it was",
    INSIDE: "by score inside inspectors",
    INSIDE_RANDOM: "at random inside inspectors",
}
HEADS = {
    "days_earlier": "days earlier",
    "first_half": "first half",
    "first_tenth": "first tenth",
    "precision_tenth": "precision 1/10",
    "lift_tenth": "lift 1/10",
    "precision_week": "precision week",
    "lift_week": "lift week",
}
SHARES = ("first_half", "first_tenth", "precision_tenth", "precision_week")


def report(found: Backtest) -> str:
    parts = [
        _about(found),
        _table("Order", {NAMES[name]: measured for name, measured in found.orders.items()}),
        _table(
            "Difference",
            {f"{NAMES[one]} - {NAMES[other]}": measured for (one, other), measured in found.differences.items()},
        ),
        _groups(found),
        *([] if found.calibration is None else [_calibration(found.calibration)]),
        _meaning(found),
    ]
    return "\n\n".join(parts)


def _about(found: Backtest) -> str:
    learned = f", {found.learned_from:,} more learned from" if found.learned_from else ""
    who = _counted(found.inspectors, "inspector") if found.inspectors else "no inspector named"
    unnamed = ""
    if found.unnamed:
        unnamed = worded(
            " ({n:,} {n:visit names nobody and counts|visits name nobody and count} as one inspector's)",
            {"n": found.unnamed},
        )
    return (
        f"{_counted(found.visits, 'visit')}{learned}, {found.first_day} to {found.last_day}, in "
        f"{_counted(found.periods, 'period')}; {_counted(found.units, 'unit')}, {_counted(found.areas, 'area')}, "
        f"{who}{unnamed}.\n"
        f"Trouble in {_counted(found.troubled, 'visit')} ({found.troubled / found.visits:.1%}), "
        f"{found.trouble:,.6g} in all. "
        f"In brackets 95 % intervals from {found.rounds:,} rounds, areas drawn (inside inspectors: inspectors drawn)."
    )


def _counted(count: int, one: str) -> str:
    return worded(f"{{n:,}} {{n:{one}|{one}s}}", {"n": count})


def _table(head: str, rows: Mapping[str, Mapping[str, Estimate]]) -> str:
    names = [name for name in HEADS if any(name in measured for measured in rows.values())]
    lines = [[head, *(HEADS[name] for name in names)]]
    lines += [[row, *(_figure(name, measured.get(name)) for name in names)] for row, measured in rows.items()]
    return _aligned(lines)


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        [cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(cells)]
        for cells in (zip(line, widths, strict=True) for line in lines)
    )
    return "\n".join("  ".join(line).rstrip() for line in padded)


def _figure(name: str, measured: Estimate | None) -> str:
    if measured is None:
        return "-"
    style = ".1%" if name in SHARES else ".2f"
    value, low, high = (format(one, style) for one in (measured.value, measured.low, measured.high))
    return f"{value} [{low}, {high}]"


def _groups(found: Backtest) -> str:
    lines = [["Group", "visits", "trouble", "rate (Wilson 95 %)", "foretold"]]
    for row in found.groups.itertuples():
        foretold = "-" if found.forecast is None else f"{row.forecast:.1%}"
        rate = f"{row.rate:.1%} [{row.low:.1%}, {row.high:.1%}]"
        lines.append([str(row.Index), f"{row.visits:,}", f"{row.troubled:,}", rate, foretold])
    table = _aligned(lines)
    if found.forecast is None:
        return f"{table}\nNothing is foretold: it takes an earlier period (--period month)."
    one = found.forecast
    return (
        f"{table}\nBrier score {one.brier.value:.4f} against {one.constant.value:.4f} for the overall rate: "
        f"skill {_figure('first_half', one.skill)}; groups off by {one.off_by:.2%} on average."
    )


def _calibration(found: Calibration) -> str:
    lines = [["Probability", "visits", "trouble", "said", "rate (Wilson 95 %)"]]
    for row in found.table.itertuples():
        rate = f"{row.rate:.1%} [{row.low:.1%}, {row.high:.1%}]"
        span = f"{row.least:.3f} to {row.most:.3f}"
        lines.append([span, f"{row.visits:,}", f"{row.troubled:,}", f"{row.predicted:.1%}", rate])
    brier, excess = found.brier, found.excess
    return (
        f"{_aligned(lines)}\nBrier score {brier.value:.4f} [{brier.low:.4f}, {brier.high:.4f}] against "
        f"{found.constant.value:.4f} for the overall rate: skill {_figure('first_half', found.skill)}. "
        f"Probabilities are {excess.value:+.2%} [{excess.low:+.2%}, {excess.high:+.2%}] too high on the whole, "
        f"and {found.off_by:.2%} off by bins."
    )


def _meaning(found: Backtest) -> str:
    pairs = [("score", "random"), ("score", "other"), ("other", "random")]
    said = [_compared(found, *pair) for pair in pairs if pair in found.differences]
    if not found.inspectors:
        return f"{' '.join(said)} Nobody is named in the visits, so how much of this is who inspects cannot be told."
    said += [_compared(found, "score", "inspector"), _compared(found, INSIDE, INSIDE_RANDOM)]
    said.append(
        "An order by inspector alone knows nothing of the buildings: what it finds early is who inspects, and only "
        f"what is left inside inspectors is surely something else. {_learned(found)}"
    )
    return " ".join(said)


def _learned(found: Backtest) -> str:
    where = "earlier periods" if found.learned_from else "the other half of the units, there being one period only"
    return (
        f"An inspector's rate is learned from {where}, and leans on the overall rate like {PRIOR_VISITS} visits more, "
        "so it tells a little less than all there is to who inspects."
    )


def _compared(found: Backtest, one: str, other: str) -> str:
    gap = found.differences[one, other]["days_earlier"]
    sooner = gap.value >= 0
    size, low, high = (gap.value, gap.low, gap.high) if sooner else (-gap.value, -gap.high, -gap.low)
    told = f"{NAMES[one]}, trouble is found {size:.2f} days {'earlier' if sooner else 'later'} than {NAMES[other]}"
    unsure = ", which may be chance" if gap.low <= 0 <= gap.high else ""
    return f"{told[0].upper()}{told[1:]} [{low:.2f}, {high:.2f}]{unsure}."
