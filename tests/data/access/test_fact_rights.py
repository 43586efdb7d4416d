"""The table of what right a fact needs: nothing is left out of it, and no rule text talks its way round it."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from data.access.errors import FactsWithheld
from data.access.fact_rights import (
    EVENT_FAMILY,
    FAMILIES,
    ITEM_FAMILY,
    can_see_all,
    can_see_some,
    families,
    reads_persons,
    refuse_withheld_facts,
    withheld_facts,
)
from data.access.roles import PERMISSIONS, ROLES, SYSTEM, AccessScope
from scoring.rulebook.editions import edition_from, editions, rule_sets
from scoring.rulebook.model import Edition, Fact, Text

SHIPPED = [edition for rule_set in rule_sets() for edition in editions(rule_set)]
POLICE_FAMILIES = {"cases", "accidents", "leads", "tenants"}
MADE_UP = """
title = { zh = "自拟", en = "Made up" }
source = { zh = "自拟", en = "Made up" }
start = 10
start_quote = "q"
[[grade]]
code = "low"
name = { zh = "低", en = "low" }
[[grade]]
code = "high"
name = { zh = "高", en = "high" }
[[fact]]
name = "harmless"
label = { zh = "环境卫生", en = "Clean surroundings" }
SOURCE
[[criterion]]
fact = "harmless"
points = -1
quote = "q"
[[band]]
grade = "low"
below = 10
quote = "q"
[[band]]
grade = "high"
quote = "q"
[inspect_every_days]
low = { officer = 10 }
high = { officer = 20 }
"""


def made_up(source: str) -> Edition:
    return edition_from(MADE_UP.replace("SOURCE", source), "qishuyan", date(2024, 1, 1))


def scope(role: str) -> AccessScope:
    return AccessScope(role, areas=None)


@pytest.mark.parametrize("edition", SHIPPED, ids=lambda edition: edition.rule_set)
def test_every_fact_of_the_shipped_rules_stands_in_the_table(edition):
    unlisted = [name for name, fact in edition.facts.items() if any(one.name == "unlisted" for one in families(fact))]
    assert not unlisted, "Enter it in data/access/fact_rights.py: what right does it need?"


def test_every_kind_of_event_that_has_a_name_on_the_screen_stands_in_the_table():
    texts = Path(__file__).parents[3] / "dashboard" / "i18n" / "zh" / "map.toml"
    assert tomllib.loads(texts.read_text(encoding="utf-8"))["event"].keys() == EVENT_FAMILY.keys()


def test_each_kind_and_item_stands_in_one_family():
    sources = [source for family in FAMILIES for source in (*family.events, *family.items)]
    assert len(sources) == len(set(sources)) == len(EVENT_FAMILY) + len(ITEM_FAMILY)


def test_a_kind_of_event_that_is_not_in_the_table_is_guarded_like_the_most_guarded():
    new = Fact("new", Text("新", "new"), "events", ("new",))
    assert [role for role in ROLES if can_see_some(scope(role), new)] == ["police", "administrator"]
    assert reads_persons(made_up('events = ["new"]'))


def test_an_item_of_another_citys_check_list_is_about_the_building():
    new = Fact("new", Text("新", "new"), "answer", ("ROOF",))
    assert [role for role in ROLES if not can_see_all(scope(role), new)] == []
    assert not reads_persons(made_up('answer = "ROOF"'))


@pytest.mark.parametrize("role", ROLES)
def test_cases_accidents_leads_and_tenants_are_for_the_police_and_administrators_alone(role):
    for family in FAMILIES:
        facts = [Fact("f", Text("事", "f"), "events", (kind,)) for kind in family.events]
        facts += [Fact("f", Text("事", "f"), "answer", (item,)) for item in family.items]
        for fact in facts:
            expected = family.name not in POLICE_FAMILIES or role in ("police", "administrator")
            assert can_see_all(scope(role), fact) == can_see_some(scope(role), fact) == expected


def test_a_department_sees_a_fact_whole_only_where_all_its_hazards_are_of_its_groups():
    fire = AccessScope("department", areas=None, hazard_groups=("fire",))
    by_groups = {
        groups: Fact("h", Text("隐患", "h"), "hazards", groups, "open") for groups in ((), ("fire",), ("safety",))
    }
    seen = {groups: (can_see_all(fire, fact), can_see_some(fire, fact)) for groups, fact in by_groups.items()}
    assert seen == {(): (False, True), ("fire",): (True, True), ("safety",): (False, False)}


@pytest.mark.parametrize(
    "source",
    [
        'events = ["criminal_case"]',
        'events = ["criminal_case"]\npolice_only = false',
        'events = ["lead_given", "fire_accident"]',
        'answer = "listed_persons"',
        'answer = "listed_persons"\npolice_only = false',
    ],
)
@pytest.mark.parametrize("role", PERMISSIONS)
def test_a_text_is_refused_by_what_it_reads_whatever_it_calls_it_or_says_of_it(role, source):
    edition, reader = made_up(source), scope(role)
    if role in ("police", "administrator", "everything"):
        refuse_withheld_facts(reader, edition)
    else:
        with pytest.raises(FactsWithheld, match="harmless"):
            refuse_withheld_facts(reader, edition)


TENANTS_REQUIRED = (
    ("start = 10", 'required = ["f"]\nstart = 10'),
    (
        "[[band]]",
        '[[fact]]\nname = "f"\nlabel = { zh = "卫生", en = "clean" }\nanswer = "listed_persons"\n[[band]]',
    ),
)
TENANTS_IN_A_CATEGORY = (
    ("start = 10", "best_answer = 1\nstart = 10"),
    (
        "[[band]]",
        '[[category]]\ncode = "c"\nname = { zh = "卫生", en = "clean" }\n'
        'items = [{ code = "work_subjects", zh = "卫生", en = "clean" }]\n'
        '[[criterion]]\nshare_of = "c"\npoints = 5\nquote = "q"\n[[band]]',
    ),
)


@pytest.mark.parametrize(("changes", "read"), [(TENANTS_REQUIRED, "f"), (TENANTS_IN_A_CATEGORY, "work_subjects")])
def test_a_required_fact_and_an_item_of_a_category_are_read_too(changes, read):
    text = made_up('answer = "clean"').text
    for old, new in changes:
        text = text.replace(old, new, 1)
    edition = edition_from(text, "qishuyan", date(2024, 1, 1))
    assert [fact.name for fact in withheld_facts(scope("leader"), edition)] == [read]


def test_only_the_edition_as_published_grades_by_who_lives_there():
    assert [edition.rule_set for edition in SHIPPED if reads_persons(edition)] == ["qishuyan_as_published"]


def test_nothing_is_withheld_from_the_system():
    assert not any(withheld_facts(SYSTEM, edition) for edition in SHIPPED)
