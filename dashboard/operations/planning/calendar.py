"""The week by officer and day, and one officer's day: its visits in their order, on a map."""

from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from dashboard.look.choices import distinct_labels, offered, row_by_id
from dashboard.look.tables import draw_table, height_of
from dashboard.map.layers.ground_settings import ground_settings
from dashboard.map.layers.route import route_map
from dashboard.operations.planning.away import away_form
from dashboard.operations.planning.buildings import building_columns
from dashboard.operations.planning.move import move_form
from dashboard.operations.planning.moved import marked, moved_visits
from dashboard.operations.planning.plan_shown import ShownPlan
from dashboard.operations.planning.take_along import sheet_link, week_links
from dashboard.studies.study_context import Study
from dashboard.view.basemap import basemap
from geo.coordinates import from_wgs84
from geo.morton import lonlat

ROWS_SEEN, MAP_PX = 12, 420
MINUTE_S = 60


def calendar(study: Study, rule_set: str, shown: ShownPlan) -> None:
    t = study.t
    table, officers = _week(study, shown)
    left, right = st.columns((3, 2), gap="medium")
    with left:
        st.caption(t("planning.calendar_help"))
        officer = row_by_id(table, officers, "planning-week", height=height_of(min(len(table), ROWS_SEEN)))
        week_links(study, shown)
        moved_visits(study, rule_set, shown)
    with right:
        if officer is None:
            st.info(t("planning.choose_officer"))
        else:
            _officer(study, rule_set, shown, officer)


def _week(study: Study, shown: ShownPlan) -> tuple[pd.DataFrame, list[int]]:
    """Visits by officer and day, and the share of the officer's minutes that visits and walking take."""
    t, days = study.t, shown.days
    by_officer = days.groupby("officer_id").agg(
        officer=("officer", "first"), area=("area_id", "first"), given=("minutes", "sum"), walked_s=("walked_s", "sum")
    )
    visits = shown.stops.groupby("officer_id")["minutes"].sum().reindex(by_officer.index, fill_value=0)
    by_day = shown.stops.groupby(["officer_id", "day"])["moved"]
    counts, with_moved = by_day.size(), by_day.any()
    at_work = set(zip(days["officer_id"], days["day"], strict=True))
    columns = {t("planning.officer"): by_officer["officer"], t("planning.area"): _area_names(study, by_officer["area"])}
    for day in sorted(days["day"].unique()):
        columns[f"{day:%m-%d}"] = [
            marked(counts.get((one, day), 0), bool(with_moved.get((one, day), False))) if (one, day) in at_work else ""
            for one in by_officer.index
        ]
    used = (visits + by_officer["walked_s"] / MINUTE_S) / by_officer["given"].where(by_officer["given"] > 0)
    columns[t("planning.used")] = [_percent(one) for one in used]
    table = pd.DataFrame(columns)
    order = np.argsort(-visits.to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True), by_officer.index[order].tolist()


def _percent(part: float) -> str:
    return "–" if np.isnan(part) else f"{part:.0%}"


def _area_names(study: Study, areas: pd.Series) -> list[str]:
    names = study.context.area_name
    return [names[area][study.t.language != "zh"] if area in names else "" for area in areas.tolist()]


def _officer(study: Study, rule_set: str, shown: ShownPlan, officer: int) -> None:
    t = study.t
    own = shown.stops[shown.stops["officer_id"] == officer]
    days = sorted(own["day"].unique())
    if not days:
        st.info(t("planning.no_visits"))
        return
    chosen = st.segmented_control(
        t("planning.day"),
        days,
        format_func=distinct_labels(days, lambda day: f"{day:%m-%d}"),
        default=days[0],
        required=True,
        key=f"planning-day-{officer}",
        label_visibility="collapsed",
    )
    day = offered(chosen, days, days[0])
    visits = own[own["day"] == day]
    post = shown.days[(shown.days["officer_id"] == officer) & (shown.days["day"] == day)].iloc[0]
    _map(study, visits, (float(post["lon"]), float(post["lat"])), f"route-{shown.plan.id}-{officer}-{day}")
    sheet_link(study, shown, officer, day)
    draw_table(visits_table(study, rule_set, visits), most_px=MAP_PX)
    move_form(study, rule_set, shown, visits)
    away_form(study, shown, officer)


def visits_table(study: Study, rule_set: str, visits: pd.DataFrame) -> pd.DataFrame:
    """Turn, time, building, grade and minutes of the visits of a day, in their order."""
    t = study.t
    when = {
        t("planning.turn"): (visits["place"] + 1).tolist(),
        t("planning.arrives"): [f"{one // MINUTE_S:02}:{one % MINUTE_S:02}" for one in visits["arrives"].tolist()],
    }
    minutes = {t("planning.minutes_each"): visits["minutes"].tolist()}
    columns = when | building_columns(study, rule_set, visits) | minutes
    if visits["moved"].any():
        columns[t("planning_move.moved")] = [t("planning_move.yes") if one else "" for one in visits["moved"].tolist()]
    return pd.DataFrame(columns)


def _map(study: Study, visits: pd.DataFrame, post: tuple[float, float], key: str) -> None:
    """The way of a day; nothing where none of its buildings is on the map."""
    facts, service = study.context.city_facts, basemap()
    rows = facts.rows_of(visits["building_id"].to_numpy(np.int64))
    rows = rows[rows < facts.n_on_map]
    if not len(rows):
        return
    lon, lat = lonlat(facts.buildings["x"][rows], facts.buildings["y"][rows])
    post_lon, post_lat = (float(one[0]) for one in from_wgs84(np.array([post[0]]), np.array([post[1]]), service.datum))
    stops = np.column_stack([lat, lon]).round(6).tolist()
    query = urlencode({"city": study.code, "lang": study.t.language})
    levels = study.context.options.levels
    grounds = [ground_settings(levels, query, ground=None, own=None, over_tiles=bool(service.url))] if levels else []
    credit = (service.url, service.credit) if service.url else None
    drawn = route_map([post_lat, post_lon], stops, grounds, credit)
    st_folium(drawn, key=key, height=MAP_PX, use_container_width=True, returned_objects=[])
