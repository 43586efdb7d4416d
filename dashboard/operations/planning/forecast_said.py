"""What a forecast comes to, in sentences."""

from datetime import date, timedelta

from dashboard.i18n import Translator
from dashboard.look.conclusion import Statement, said
from dashboard.studies.study_context import Study
from dashboard.view.labels import grade_names
from data.planning.outlook import DAYS_A_WEEK, QUARTER_WEEKS, Foreseen


def week_of(number: int, first: date, t: Translator) -> str:
    """A week of the forecast by its number and its first day. number: from 0."""
    return t("forecast.week_of", number=f"{number + 1}", day=f"{first + timedelta(DAYS_A_WEEK * number):%m-%d}")


def concluded(study: Study, rule_set: str, first: date, base: Foreseen, other: Foreseen | None) -> list[Statement]:
    """The backlog and its end first, then what is late at the quarter's end and in which grade most of it, then what
    would be otherwise."""
    statements = [_of_backlog("conclude", base, first, study.t), _of_late(study, rule_set, base)]
    nobody = base.at_work == 0
    if (late := int(base.late_at_end[nobody].sum())) > 0:
        areas = f"{int((base.late_at_end[nobody] > 0).sum()):,}"
        statements.append(said("forecast.conclude_nobody", n=f"{late:,}", areas=areas))
    if other is not None:
        changes = {"late": f"{int(other.late[:, -1].sum()):,}", "before": f"{int(base.late[:, -1].sum()):,}"}
        visits = {"visits": _a_week(other), "visits_before": _a_week(base)}
        statements.append(said("forecast.compare", **changes, **visits))
        statements.append(_of_backlog("compare", other, first, study.t))
        if len(other.added):
            statements.append(said("forecast.compare_officers", n=f"{len(other.added):,}"))
    return statements


def _of_backlog(prefix: str, one: Foreseen, first: date, t: Translator) -> Statement:
    staff = {"officers": f"{one.officers:,.0f}", "minutes": f"{one.minutes_each:,.0f}"}
    common = {"first": f"{first}", "n": f"{one.overdue:,}", **staff}
    if not one.overdue:
        return said(f"forecast.{prefix}_none", **common)
    if one.gone_in is None:
        return said(f"forecast.{prefix}_waits", waiting=f"{int(one.backlog[-1]):,}", **common)
    return said(f"forecast.{prefix}_gone", week=week_of(one.gone_in, first, t), **common)


def _of_late(study: Study, rule_set: str, one: Foreseen) -> Statement:
    """At the quarter's end, and the grade that most of them are of."""
    late = one.late[:, -1]
    if not late.sum():
        return said("forecast.late_none")
    names, most = list(grade_names(study.context, rule_set, study.t).values()), int(late.argmax())
    return said("forecast.late_most", late=f"{int(late.sum()):,}", grade=names[most], n=f"{int(late[most]):,}")


def _a_week(one: Foreseen) -> str:
    return f"{one.visits.sum() / QUARTER_WEEKS:,.0f}"
