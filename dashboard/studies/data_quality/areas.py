"""Areas: buildings on record against a register, visits against the rules, and buildings nobody went to."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.charts.coverage import fading_curves, shares_by_area
from dashboard.look.palette import marks
from dashboard.studies.data_quality.flagged_table import area_findings, per_cent
from dashboard.studies.data_quality.quality_scope import Units, area_units, chart, level_chosen, told
from dashboard.studies.study_context import Study
from data.city import queries
from data.db.engine import reading
from data.studies.data_quality import Evidence
from scoring.studies.data_quality.coverage import (
    DAYS,
    Coverage,
    buildings_recorded,
    buildings_visited,
    visits_asked,
    visits_made,
)

MOST_BARS = 12  # the lowest; the table has the rest


def coverage(of: Study, found: Evidence) -> None:
    told(of, "coverage")
    st.markdown(f"##### {of.say('quality.recorded_title')}")
    _recorded(of)
    st.markdown(f"##### {of.say('quality.made_title')}")
    level = level_chosen(of, ("street", "community"), "quality_coverage_level")
    units = area_units(of, level)
    day = city_cache.snapshot(of.viewer, of.code, of.opened.version, of.opened.choices.last_day)
    grades = tuple(grade.code for grade in found.edition.grades)
    asked = visits_asked(day.grades[found.edition.rule_set], grades, found.edition.inspect_every_days)
    if not asked.any():
        st.info(of.say("quality.no_intervals"))
        return
    _areas(of, "made", units, visits_made(units.unit, len(units.labels), found.visits_of_the_year(), asked))


def _recorded(of: Study) -> None:
    """Of the widest of the levels that a register speaks of."""
    with reading(city_cache.database(), of.viewer) as session:
        thought = queries.area_expectations(session, of.viewer, of.opened.city, of.opened.choices.last_day)
    by_id = of.opened.areas.set_index("id")
    levels = by_id["level"].reindex(thought["area_id"].to_numpy()).to_numpy()
    level = next((one for one in of.opened.choices.levels[::-1] if (levels == one).any()), None)
    if level is None:
        st.info(of.say("quality.no_register"))
        return
    units = area_units(of, level)
    ids = np.unique(of.opened.ledger.buildings[level])
    buildings = thought.set_index("area_id")["buildings"].reindex(ids[ids >= 0]).to_numpy(float)
    last = thought.iloc[-1]
    st.caption(of.say("quality.register", source=of.say.side(last["source"]), day=f"{last['day']:%Y-%m-%d}"))
    _areas(of, "recorded", units, buildings_recorded(units.unit, buildings))


def visits(of: Study, found: Evidence) -> None:
    told(of, "visits")
    say, since = of.say, found.days_since[of.rows]
    never, long = int((since < 0).sum()), int((since >= DAYS).sum())
    sure = found.confidence[of.rows]
    held = float(np.nanmedian(sure)) if np.isfinite(sure).any() else np.nan
    for column, name, value in zip(
        st.columns(4),
        ("never", "long", "holds", "unknown"),
        (f"{never:,}", f"{long:,}", f"{held:.0%}", f"{int(np.isnan(sure).sum()):,}"),
        strict=True,
    ):
        column.metric(say(f"quality.{name}"), value, help=say(f"quality.{name}_help", n=f"{len(since):,}", days=DAYS))
    _curves(of, found)
    head = f"/?city={of.code}&lang={say.language}&unvisited="
    st.markdown(f"[{say('quality.never_on_map')}]({head}never) · [{say('quality.long_on_map')}]({head}{DAYS})")
    level = level_chosen(of, ("grid", "community", "street"), "quality_visits_level")
    units = area_units(of, level, f"&unvisited={DAYS}")
    _areas(of, "visited", units, buildings_visited(units.unit, len(units.labels), found.days_since))


def _curves(of: Study, found: Evidence) -> None:
    curves = [
        (np.append(one.days[one.days < one.known_until], one.known_until), one) for one in found.curves if one.pairs
    ]
    places = [place for place, one in enumerate(found.curves) if one.pairs]
    names = [getattr(found.edition.grades[place].name, of.say.language) for place in places]
    drawn = marks(tuple(grade.code for grade in found.edition.grades))
    lines = [(days, one.at(days), one.by_chance) for days, one in curves]
    axes = (of.say("quality.days_between"), of.say("quality.same_class"))
    figure = fading_curves(lines, names, [drawn[place] for place in places], axes, of.say("quality.by_chance"))
    chart(figure, "quality-fading")
    st.caption(of.say("quality.pairs_of", n=f"{sum(one.pairs for one in found.curves):,}"))


def _areas(of: Study, part: str, units: Units, found: Coverage) -> None:
    shown = np.flatnonzero(units.own & np.isfinite(found.share))
    bars = shown[np.argsort(found.share[shown], kind="stable")][:MOST_BARS]
    title = of.say(f"quality.{part}_chart", city=f"{found.overall:.1%}")
    chart(shares_by_area(found.share[bars], units.labels[bars], found.named[bars], found.overall, title), f"q-{part}")
    table = pd.DataFrame(
        {
            of.say(f"quality.{part}_share"): per_cent(found.share),
            of.say(f"quality.{part}_of"): [
                f"{a:,.0f} / {b:,.0f}" for a, b in zip(found.recorded, np.nan_to_num(found.expected), strict=True)
            ],
            of.say("quality.whole_city"): f"{found.overall:.1%}",
            of.say("quality.least"): f"{found.least:.1%}",
        }
    )
    named = shown[found.named[shown]]
    order = named[np.argsort(found.share[named], kind="stable")]
    area_findings(of, part, units.labels, units.links, table, order, len(shown))
