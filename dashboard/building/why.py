"""Why a building has its grade, in one sentence."""

from collections.abc import Mapping, Sequence

from dashboard.i18n import Translator
from data.city.building_report import Explained
from scoring.grading.decisive import decisive
from scoring.grading.reasons import Reason
from scoring.rulebook.model import Cap, Edition

MOST_MISSING = 6


def why(shown: Explained, t: Translator) -> str:
    """By the facts the scope may see; where others decide the grade, that alone is said, and not what they are."""
    edition, grade = shown.edition, int(shown.rating.grade[0])
    if grade >= 0 and shown.advice is None:
        return t("why.withheld")
    code = edition.grades[grade].code if grade >= 0 else ""
    said = decisive(shown.reasons, code, is_best=grade == len(edition.grades) - 1)
    if grade < 0:
        return _missing(said.reasons or shown.reasons, t)
    if said.by == "caps":
        return t("why.because", what=t.clauses(_seen_by_cap(edition, reason, t) for reason in said.reasons))
    if said.by == "points":
        return t("why.because", what=t.clauses(_cost(edition, reason, t) for reason in said.reasons))
    if said.by == "score":
        (band,) = said.reasons
        values = {"score": number(band.value or 0.0), "grade": t.of(edition.grades[grade].name)}
        return t("why.score", range=_range(band, t), **values)
    return t("why.nothing_seen" if shown.withholds else "why.nothing")


def number(value: float, signed: bool = False) -> str:
    """To the hundredth, without noughts at the end. signed: with a plus above nought."""
    figures = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"+{figures}" if signed and value > 0 else figures


def _missing(reasons: Sequence[Reason], t: Translator) -> str:
    names = list(dict.fromkeys(t.of(reason.label) for reason in reasons))
    return t("card.unrated", facts=t.listed(names[:MOST_MISSING]) + ("…" if len(names) > MOST_MISSING else ""))


def _seen_by_cap(edition: Edition, reason: Reason, t: Translator) -> str:
    """What a cap saw: the number of what it counts, which of several conditions together there is none."""
    cap = _cap_of(edition, reason)
    if cap is None or len(cap.conditions) > 1 or reason.value is None:
        return t.of(reason.label)
    if cap.conditions[0].group is not None or _kind(edition, reason) in ("answer", "building"):
        return t.pair(t.of(reason.label), seen_text(reason))
    return counted(edition, reason, t)


def counted(edition: Edition, reason: Reason, t: Translator) -> str:
    """How many of what happened, or stand, within which months."""
    values: Mapping[str, object] = {"fact": t.of(reason.label), "n": number(reason.value or 0.0)}
    if not reason.value:
        how = "none"
    elif len(reason.facts) > 1:
        how = "together"
    else:
        how = "hazards" if _kind(edition, reason) == "hazards" else "events"
    if reason.months is None:
        return t(f"why.{how}", **values)
    return t(f"why.{how}_within", months=reason.months, **values)


def seen_text(reason: Reason) -> str:
    """The value as figures, "" where there is none; of a share with its best."""
    value = "" if reason.value is None else number(reason.value)
    return value if reason.out_of is None else f"{value} / {number(reason.out_of)}"


def _cost(edition: Edition, reason: Reason, t: Translator) -> str:
    what = t.of(reason.label)
    if reason.failed:
        what = t("why.items", fact=what, n=len(reason.failed))
    elif reason.value and _kind(edition, reason) in ("events", "hazards", "inspections"):
        what = counted(edition, reason, t)
    key = "why.costs" if reason.full_marks is None else "why.short"
    return t(key, what=what, points=number(reason.points_lost))


def _cap_of(edition: Edition, reason: Reason) -> Cap | None:
    """The cap a reason speaks of."""
    return next(
        (
            cap
            for cap in edition.caps
            if (cap.quote, cap.grade, tuple(need.fact for need in cap.needs))
            == (reason.quote, reason.grade, reason.facts)
        ),
        None,
    )


def _kind(edition: Edition, reason: Reason) -> str:
    return edition.facts[reason.facts[0]].kind if reason.facts else ""


def _range(band: Reason, t: Translator) -> str:
    """The scores that the grade of a band is given for."""
    value = band.value or 0.0
    below = [bound for bound in band.bounds if value < bound]
    passed = [bound for bound in band.bounds if value >= bound]
    if not passed:
        return t("why.below", high=number(below[0]))
    if not below:
        return t("why.from", low=number(passed[-1]))
    return t("why.between", low=number(passed[-1]), high=number(below[0]))
