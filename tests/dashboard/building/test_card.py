"""The card of a building: what stands in it, in which order, and for whom."""

import re
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest
from sqlalchemy import select

from dashboard.building.actions import _buttons, geo_place
from dashboard.building.card import card_html
from dashboard.building.timeline import MOST_ENTRIES, SHOWN_AT_ONCE
from dashboard.i18n import translator
from dashboard.look.palette import BY_GRADE
from dashboard.look.shapes import symbol_picture
from data.access.roles import SYSTEM, AccessScope
from data.city.building_report import BuildingReport, building_report
from data.db.engine import open_database
from data.db.models.city import Area
from tests.data.lockside import CROWDED_CORNER, HARBOUR_ROW, LANTERN_HALL, NEVER_HOUSE, ON, PLUM_COURT, House
from tests.data.town_hall import settle

FIRE = AccessScope("department", areas=None, hazard_groups=("fire",))
LANGUAGES = ("zh", "en")
zh, en = (translator(language) for language in LANGUAGES)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    settled = settle(open_database(f"sqlite:///{tmp_path_factory.mktemp('town') / 'town.sqlite'}"))
    settled.grade("qishuyan", ON)
    return settled


@pytest.fixture(scope="module")
def report(town):
    facts = town.city_facts()

    def of(house: House, scope: AccessScope = SYSTEM, on: date = ON) -> BuildingReport:
        with town.looked_at() as (session, city):
            return building_report(session, scope, city, facts, house.code, on)

    return of


@pytest.fixture(scope="module")
def context(town):
    with town.looked_at() as (session, city):
        names = {area.id: (area.name, area.name_en or area.name) for area in session.scalars(select(Area))}
        return SimpleNamespace(area_name=names, city=city, editions={})


@pytest.fixture(scope="module")
def card(report, context):
    """The card as HTML: `card(PLUM_COURT, en)`."""

    def of(house: House, t=zh, scope: AccessScope = SYSTEM, on: date = ON) -> str:
        return card_html(context, report(house, scope, on), "qishuyan", t)

    return of


def text(html: str) -> str:
    """What is read, with one space for each piece of markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def section(html: str, title: str) -> str:
    """The part of the card below a heading, of the rule set in the head."""
    return [part for part in html.split("<section") if f"<h5>{title}" in part][-1]


@pytest.mark.parametrize("t", [zh, en], ids=LANGUAGES)
def test_what_is_decided_stands_before_what_is_known(card, t):
    html = card(CROWDED_CORNER, t)
    heads = [
        *("class='lead'", "class='visit'", "class='others'"),
        *(f"<h5>{t(key)}" for key in ("open_hazard.title", "card.reasons", "card.timeline", "card.base")),
    ]
    outside = re.sub(r"<div class='others'>.*?</div>(?=<section)", "<div class='others'></div>", html, flags=re.DOTALL)
    places = [outside.index(head) for head in heads]
    assert places == sorted(places)
    assert places[3] < outside.index("class='advice'") < places[4]


def test_the_head_holds_the_grade_by_colour_shape_and_name_and_one_sentence_why(card):
    lead = card(HARBOUR_ROW).partition("class='lead'")[2].partition("class='visit'")[0]
    assert symbol_picture(BY_GRADE["red"]) in lead and BY_GRADE["red"].colour in lead
    assert text(lead[1:]).startswith("重点户（红色） 三色分类 · 得分14 因6个月内2起刑事案件。 标志内容：")


def test_every_other_rule_set_stands_below_with_its_own_grade_and_sentence(card, report):
    html = card(LANTERN_HALL)
    others = html.partition("class='others'")[2].partition("<section><h5>未整改隐患")[0]
    assert others.count('class="rating"') == len(report(LANTERN_HALL).ratings) - 1 == others.count("<summary><div")
    assert "五星 星级评定 · 得分100 得分100，90分及以上为“五星”。" in text(others)


@pytest.mark.parametrize(
    ("house", "on", "said"),
    [
        (LANTERN_HALL, ON, "下次巡查 2024-08-29 还有60天 上次巡查2024-06-30；星级户：民警、网格员每60天一次"),
        (
            HARBOUR_ROW,
            ON,
            "下次巡查 2024-03-08 已逾期114天 "
            "上次巡查2024-03-01；重点户（红色）：民警、网格员每10天一次、协管员每7天一次",
        ),
        (LANTERN_HALL, date(2024, 8, 29), "下次巡查 2024-08-29 当日到期"),
        (NEVER_HOUSE, ON, "下次巡查 尚未巡查，无从推算。"),
    ],
)
def test_the_next_visit_is_told_with_what_it_follows_from(card, house, on, said):
    assert said in text(card(house, on=on))


def test_an_unrated_building_has_no_due_day_and_says_so(card):
    html = card(LANTERN_HALL, en)
    toronto = html[html.index("> toronto<") if "> toronto<" in html else html.index(">toronto<") :]
    assert "Next visit Unrated: no rule states an interval. Last visit 2024-06-30" in text(toronto)


def test_the_overdue_hazard_comes_first_with_whom_it_is_and_by_how_much(card):
    hazards = section(card(CROWDED_CORNER, en), en("open_hazard.title"))
    assert text(hazards).startswith(">" if hazards.startswith(">") else "Open hazards")
    lines = re.findall(r"<li>.*?</li>", hazards)
    assert [re.search("overdue by \\d+ days", line) is not None for line in lines] == [True, False]
    assert "overdue by 14 days" in text(lines[0]) and "Due 2024-06-16" in text(lines[0])
    assert "Transferred" in text(lines[1]) and "since 2024-06-02" in text(lines[1]) and "No due day" in text(lines[1])


def test_a_department_reads_of_its_own_hazards_alone(card):
    hazards = section(card(CROWDED_CORNER, en, FIRE), en("open_hazard.title"))
    assert "Of your groups alone: Fire." in text(hazards) and "Public order" not in text(hazards)
    assert len(re.findall("<li>", hazards)) == 1


def test_who_may_see_no_hazards_is_not_even_told_that_there_are_none(report, context):
    blind = replace(report(PLUM_COURT), hazards=(), hazard_groups=())
    told = card_html(context, blind, "qishuyan", zh)
    assert zh("open_hazard.title") not in told and zh("open_hazard.none") not in told
    assert zh("open_hazard.none") in card_html(context, report(PLUM_COURT), "qishuyan", zh)


def test_reasons_that_cost_nothing_are_folded_into_one_line(card, report):
    reasons = section(card(PLUM_COURT), zh("card.reasons"))
    shown, _, folded = reasons.partition("<details class='rest'>")
    count = int(re.search(r"其余(\d+)项不扣分", folded)[1])
    assert count == len(re.findall(r"class='reason ", folded)) == 3
    assert len(re.findall(r"class='reason ", shown)) + count == len(report(PLUM_COURT).ratings["qishuyan"].reasons)
    assert "class='what'>刑事案件<" in folded and "class='what'>刑事案件<" not in shown


def test_a_reason_tells_its_value_on_a_scale_its_window_and_its_points_and_opens_on_its_rule(card):
    reasons = section(card(HARBOUR_ROW), zh("card.reasons"))
    (cap,) = (part for part in reasons.split("<details ") if "近6个月" in part)
    assert "aria-label='2，等级分数线：2'" in cap and "最高评为“重点户（红色）”" in cap
    assert "<q>6个月内连续两次以上发生刑事案件</q>" in cap and "本系统约定：" in cap
    (points,) = (part for part in reasons.split("<details ") if "近1个月" in part and ">-3<" in part)
    assert "class='reason points low'" in f"<details {points}"


def test_the_score_lies_among_the_colours_of_the_grades(card):
    band = section(card(PLUM_COURT), zh("card.reasons")).partition("class='reason band'")[2]
    colours = re.findall("background:(#[0-9a-f]+)", band[: band.index("</summary>")])
    assert colours == [BY_GRADE[grade].colour for grade in ("red", "yellow", "green", "star")]


def test_the_timeline_marks_each_kind_and_each_grade_in_its_own_colour(card):
    timeline = section(card(HARBOUR_ROW), zh("card.timeline"))
    lines = {line.partition("</time>")[2] for line in re.findall(r"<li>(.*?)</li>", timeline)}
    assert f"{symbol_picture(BY_GRADE['red'])}<span>三色分类：评为“重点户（红色）”</span>" in lines
    assert len({line.partition("<span>")[0] for line in lines}) == 6  # visit, event, open, mended, red, green


def test_the_newest_twenty_stand_open_and_the_rest_behind_them(report, context):
    days = [ON - timedelta(number) for number in range(MOST_ENTRIES + 5)]
    history = pd.DataFrame({"day": days, "kind": "visit", "what": ""})
    html = card_html(context, replace(report(PLUM_COURT), history=history), "qishuyan", zh)
    shown, _, earlier = section(html, zh("card.timeline")).partition("<details>")
    assert shown.count("<time>") == SHOWN_AT_ONCE == 20
    assert earlier.count("<time>") == MOST_ENTRIES - SHOWN_AT_ONCE
    assert zh("card.history_note") in earlier and f"<time>{ON}</time>" in shown


@pytest.mark.parametrize("field", ["name", "address", "code", "off_map", "use"])
def test_nothing_of_a_building_is_read_as_markup(report, context, field):
    shown = report(PLUM_COURT)
    fields = ("name", "address", "code", "off_map", "use", "formerly", "homes", "floors", "built", "group_rental")
    building = SimpleNamespace(**{name: getattr(shown.building, name) for name in fields}, ended_on=None)
    setattr(building, field, "<img src=x onerror=alert(1)>")
    html = card_html(context, replace(shown, building=building), "qishuyan", zh)
    assert "<img src=x" not in html and "&lt;img src=x" in html


def test_nothing_of_a_hazard_is_read_as_markup(report, context):
    shown = report(CROWDED_CORNER)
    evil = replace(shown.hazards[0], category="<b>x</b>", department="<i>y</i>")
    html = card_html(context, replace(shown, hazards=(evil,)), "qishuyan", en)
    assert "<b>x" not in html.replace("<b>&lt;b&gt;", "") and "&lt;b&gt;x" in html and "&lt;i&gt;y" in html


def test_the_way_there_is_offered_where_a_place_is_known(report):
    building = report(PLUM_COURT).building
    assert "data-place='22.550100,113.900100?q=22.550100%2C113.900100'" in _buttons(building, zh)
    assert geo_place(-1.5, 2) == "-1.500000,2.000000?q=-1.500000%2C2.000000"
    nowhere = SimpleNamespace(lat=None, lon=None)
    assert "navigate" not in _buttons(nowhere, zh) and zh("card.print") in _buttons(nowhere, zh)
