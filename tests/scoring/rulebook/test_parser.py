"""A rule file that is not understood is refused, with file, place and what would be right."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scoring.errors import NoRuleInForce, NoSuchRuleSet, ScoringError, WrongRule
from scoring.rulebook.criteria import PerCount, Share, YesNo
from scoring.rulebook.editions import RULES, edition_from, edition_on, read_edition, rule_sets
from scoring.rulebook.model import Edition, FactColumn
from tests.scoring.rule_texts import SMALL_RULE

DAY = date(2020, 1, 1)
SHIPPED = ("baoan", "qishuyan", "qishuyan_as_published", "teda", "toronto")


def read(text: str) -> Edition:
    return edition_from(text, "small", DAY)


GROUP = '[[group]]\ncode = "g"\nname = { zh = "组", en = "G" }\n'
# each: what is changed in the small rule, into what, and words of the sentence that must come
MISTAKES = {
    "an unknown key": ("points = 5\n", "points = 5\npoinst = 6\n", "criterion 2: unknown key 'poinst'; known here:"),
    "an unknown key at the head": ("start = 10", "start = 10\ncolour = 1", "the file: unknown key 'colour'"),
    "an unknown table": ("[inspect_every_days]", "[visits]\n[inspect_every_days]", "unknown key 'visits'"),
    "an unknown key in a text": ('en = "Bad" }', 'en = "Bad", fr = "x" }', "grade 1, name: unknown key 'fr'"),
    "no English": ('{ zh = "差", en = "Bad" }', '{ zh = "差" }', "grade 1, name: 'en' is missing"),
    "no Chinese": ('zh = "扫", ', "", "category 1, items 1: 'zh' is missing"),
    "an empty text": ('en = "Bad"', 'en = " "', "'en' must be a sentence or word"),
    "a text in one language": ('name = { zh = "差", en = "Bad" }', 'name = "Bad"', "name: a table was expected"),
    "no title": ('title = { zh = "小", en = "Small" }', "", "'title' is missing"),
    "no quote": ('quote = "each fire"', "", "criterion 1: 'quote' is missing"),
    "no quote on a cap": ('quote = "two fires"', "", "cap 1: 'quote' is missing"),
    "no quote on a band": ('quote = "above"', "", "band 2: 'quote' is missing"),
    "no quote on the start": ('start_quote = "ten"', "", "'start_quote' is missing"),
    "a quote that is no text": ('quote = "tidy"', "quote = 5", "'quote' must be a sentence or word, not 5"),
    "points that are a word": ("points = -2.5", 'points = "three"', "'points' must be a finite number, not 'three'"),
    "points that are true": ("points = -2.5", "points = true", "'points' must be a finite number, not True"),
    "points that are not a number": ("points = -2.5", "points = nan", "'points' must be a finite number"),
    "points without end": ("points = -2.5", "points = -inf", "'points' must be a finite number"),
    "points of yes alone": ("points = -2.5", "points = { yes = 1 }", "criterion 1, points: 'no' is missing"),
    "no points": ("points = -2.5\n", "", "criterion 1: 'points' is missing"),
    "a fact nobody declared": ('fact = "fires"\npoints', 'fact = "floods"\npoints', "fact 'floods' is not declared"),
    "a cap's fact nobody declared": (
        'fact = "fires"\nat',
        'fact = "floods"\nat',
        "cap 1: fact 'floods' is not declared",
    ),
    "months on an answer": ('fact = "fires"\npoints', 'fact = "swept"\npoints', "'swept' has no window"),
    "months of nought": ("months = 12", "months = 0", "'months' must be a whole number of at least 1, not 0"),
    "months without end": ("months = 12", "months = 99999", "'months' must be at most 1200"),
    "months of a half": ("months = 12", "months = 1.5", "'months' must be a whole number of at least 1"),
    "a fact of two kinds": ('events = ["fire', 'answer = "x"\nevents = ["fire', "fact 1: say once where it comes from"),
    "a fact of no kind": ('events = ["fire_accident"]', "", "fact 1: say once where it comes from"),
    "events of no kind": ('["fire_accident"]', "[]", "'events' must list at least one kind"),
    "events in no list": ('["fire_accident"]', '"fire_accident"', "'events' must be a list of words"),
    "an unknown state": (
        'events = ["fire_accident"]',
        'hazards = "slow"',
        "'hazards' says 'slow'; it must be one of open, overdue, late, found",
    ),
    "inspections that are false": (
        'events = ["fire_accident"]',
        "inspections = false",
        "fact 1: 'inspections' must be true",
    ),
    "a cost past the dearest": (
        'en = "Swept"',
        'en = "Swept", cost = 4',
        "'cost' must be 1 small, 2 medium or 3 large",
    ),
    "a cost of nought": (
        'en = "Swept"',
        'en = "Swept", cost = 0',
        "'cost' must be a whole number of at least 1, not 0",
    ),
    "a cost for what has happened": (
        'events = ["fire_accident"]',
        'events = ["fire_accident"]\ncost = 1',
        "fact 1: 'cost' is for answers and hazards that stand; what has happened cannot be mended",
    ),
    "a required fact nobody declared": (
        "start = 10",
        'start = 10\nrequired = ["floods"]',
        "the file: 'required' names 'floods', which is not declared",
    ),
    "a fact required twice": (
        "start = 10",
        'start = 10\nrequired = ["fires", "fires"]',
        "required fact 'fires' stands twice",
    ),
    "an unknown group": (
        'events = ["fire_accident"]',
        'hazards = "open"\ngroups = ["noise"]',
        "'groups' says 'noise'; it must be one of counter_terrorism",
    ),
    "police_only as a word": ("events =", 'police_only = "yes"\nevents =', "'police_only' must be true or false"),
    "a fact named twice": (
        "[[criterion]]\nfact",
        '[[fact]]\nname = "fires"\nlabel = { zh = "火", en = "F" }\nevents = ["x"]\n[[criterion]]\nfact',
        "fact 'fires' stands twice",
    ),
    "a fact named like an item": ('name = "fires"', 'name = "swept"', "fact 'swept' stands twice"),
    "an item listed twice": ('code = "painted"', 'code = "swept"', "fact 'swept' stands twice"),
    "a grade listed twice": ('code = "good"', 'code = "bad"', "grade 'bad' stands twice"),
    "a share of no category": (
        'share_of = "tidy"',
        'share_of = "calm"',
        "'share_of' says 'calm'; it must be one of tidy",
    ),
    "a share without the best answer": ("best_answer = 1", "", "a share needs 'best_answer'"),
    "a category without items": (
        SMALL_RULE[SMALL_RULE.index("items = ") : SMALL_RULE.index("\n\n[[fact]]")],
        "",
        "category 1: no items",
    ),
    "a band's grade not listed": (
        'grade = "bad"\nbelow',
        'grade = "blue"\nbelow',
        "'grade' says 'blue'; it must be one of bad, good",
    ),
    "a cap's grade not listed": ('grade = "bad"\nfact', 'grade = "blue"\nfact', "cap 1: 'grade' says 'blue'"),
    "a last band with a bound": (
        'quote = "above"',
        'quote = "above"\nbelow = 9',
        "band 2: the last band must have no 'below'",
    ),
    "an open band before the last": ("below = 6\n", "", "band 1: 'below' is missing; only the last band is open"),
    "bands out of order": (
        "below = 6\n",
        'below = 6\nquote = "x"\n[[band]]\ngrade = "good"\nbelow = 5\n',
        "band 2: 'below' 5 does not rise above 6",
    ),
    "two bands with one bound": (
        "below = 6\n",
        'below = 6\nquote = "x"\n[[band]]\ngrade = "good"\nbelow = 6\n',
        "band 2: 'below' 6 does not rise above 6",
    ),
    "grades that fall as scores rise": (
        'grade = "good"\nquote',
        'grade = "bad"\nquote',
        "'bad' is not better than 'bad'",
    ),
    "a cap that always holds": ("at_least = 2\n", "", "cap 1: 'at_least' or 'below' is missing"),
    "a cap of no facts": ('fact = "fires"\nat', "facts = []\nat", "'facts' must name at least one fact"),
    "a grade nobody visits": ("good = { officer = 20 }", "", "inspect_every_days: 'good' is missing"),
    "a grade no role visits": ("good = { officer = 20 }", "good = {}", "good: no role"),
    "a visit every nought days": ("officer = 20", "officer = 0", "'officer' must be a whole number of at least 1"),
    "a visit for no grade": ("good = { off", "best = { officer = 1 }\ngood = { off", "unknown key 'best'"),
    "an unknown rounding": (
        "start = 10",
        'start = 10\nrounding = "up"',
        "'rounding' says 'up'; it must be one of half_up",
    ),
    "no bands": (SMALL_RULE[SMALL_RULE.index("[[band]]") : SMALL_RULE.index("[[cap]]")], "", "no [[band]]"),
    "points finer than can be counted": (
        "points = 5\n",
        "points = 5.000000000000000001\n",
        "criterion 2: 'points' is too large or too fine; write at most 12 digits",
    ),
    "what is left out, without why": ("[[cap]]", '[[left_out]]\nquote = "x"\n[[cap]]', "left_out 1: 'why' is missing"),
    "a weight of nought": ('en = "Swept"', 'en = "Swept", weight = 0', "items 1: 'weight' must be above 0, not 0"),
    "a best answer past those kept": ('en = "Swept"', 'en = "Swept", best = 1000000', "'best' must be at most 999999"),
    "weights past exact sums": (
        'en = "Swept"',
        'en = "Swept", best = 999999, weight = 99999.9999999',
        "criterion 2: weights and best answers too large or too fine",
    ),
    "a step of nought": ("start = 10", "start = 10\nround_to = 0", "the file: 'round_to' must be above 0"),
    "a negative answer for what is not known": (
        'fact = "fires"\npoints',
        'fact = "fires"\nnot_known = -1\npoints',
        "criterion 1: 'not_known' must be a number of 0 or more",
    ),
    "a word for what is not known": (
        'fact = "fires"\npoints',
        'fact = "fires"\nnot_known = "bad"\npoints',
        "'not_known' must be a number of 0 or more, or \"does_not_apply\"",
    ),
    "what is not known above the best answer": (
        "points = 5\n",
        "points = 5\nnot_known = 2\n",
        "criterion 2: 'not_known' 2 is above 1, the best answer",
    ),
    "an unknown field of the building": (
        'events = ["fire_accident"]',
        'building = "height"',
        "fact 1: 'building' says 'height'; it must be one of built, floors, homes",
    ),
    "a group nobody declared": (
        'fact = "fires"\npoints',
        'group = "g"\npoints',
        "criterion 1: group 'g' is not declared",
    ),
    "a group of two kinds": (
        "[[criterion]]\nfact",
        GROUP + 'sum = ["fires"]\naverage = ["fires"]\n[[criterion]]\nfact',
        "group 1: say once how it is made",
    ),
    "a group of no kind": ("[[criterion]]\nfact", GROUP + "[[criterion]]\nfact", "group 1: say once how it is made"),
    "a group of nothing": (
        "[[criterion]]\nfact",
        GROUP + "sum = []\n[[criterion]]\nfact",
        "group 1: a group has 1 to 300 parts, not 0",
    ),
    "a group of too much": (
        "[[criterion]]\nfact",
        GROUP + f"sum = {['fires'] * 301}\n[[criterion]]\nfact",
        "group 1: a group has 1 to 300 parts, not 301",
    ),
    "a group of what nobody declared": (
        "[[criterion]]\nfact",
        GROUP + 'sum = ["floods"]\n[[criterion]]\nfact',
        "group 1: 'floods' is no group before this one, no fact, item or category",
    ),
    "a group of itself": (
        "[[criterion]]\nfact",
        GROUP + 'sum = ["g"]\n[[criterion]]\nfact',
        "group 1: 'g' is no group before this one",
    ),
    "a group named like a category": (
        "[[criterion]]\nfact",
        GROUP.replace('"g"', '"tidy"') + 'sum = ["fires"]\n[[criterion]]\nfact',
        "group 1: 'tidy' is the name of something else already",
    ),
    "a group without effect": (
        "[[criterion]]\nfact",
        GROUP + 'sum = ["fires"]\nfactor = 0\n[[criterion]]\nfact',
        "group 1: 'factor' must not be 0",
    ),
    "a group between bounds that cross": (
        "[[criterion]]\nfact",
        GROUP + 'sum = ["fires"]\nat_least = 3\nat_most = 3\n[[criterion]]\nfact',
        "group 1: 'at_least' 3 does not lie below 'at_most' 3",
    ),
    "a group rounded to nothing": (
        "[[criterion]]\nfact",
        GROUP + 'sum = ["fires"]\nround_to = -5\n[[criterion]]\nfact',
        "group 1: 'round_to' must be above 0",
    ),
    "months on a group of answers": (
        "[[criterion]]\nfact",
        GROUP + 'sum = ["swept"]\nmonths = 3\n[[criterion]]\nfact',
        "group 1: 'swept' has no window",
    ),
    "a ratio to nothing": (
        "[[criterion]]\nfact",
        GROUP + 'ratio = { of = ["fires"] }\n[[criterion]]\nfact',
        "group 1: a group has 1 to 300 parts, not 0",
    ),
    "one range alone": (
        'points = -2.5\nmonths = 12\nquote = "each fire"',
        'months = 12\nquote = "each fire"\n[[criterion.range]]\npoints = 1',
        "criterion 1: one range gives every building the same",
    ),
    "a last range with a bound": (
        'points = -2.5\nmonths = 12\nquote = "each fire"',
        'months = 12\nquote = "each fire"\nrange = [{ below = 1, points = 0 }, { below = 2, points = 1 }]',
        "criterion 1, range 2: every range but the last has 'below'",
    ),
    "ranges out of order": (
        'points = -2.5\nmonths = 12\nquote = "each fire"',
        'months = 12\nquote = "q"\nrange = [{ below = 2, points = 0 }, { below = 2, points = 1 }, { points = 2 }]',
        "criterion 1, range 2: 'below' 2 does not rise above 2",
    ),
    "half a fire in a cap": (
        "at_least = 2",
        "at_least = 0.5",
        "'at_least' must be a whole number of at least 1",
    ),
    "not TOML": ("start = 10", "start = = 10", "not TOML"),
}


def test_the_small_rule_is_right_as_it_stands() -> None:
    assert [type(one) for one in read(SMALL_RULE).criteria] == [PerCount, Share]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_file_place_and_cure(mistake: str) -> None:
    right, wrong, sentence = MISTAKES[mistake]
    assert SMALL_RULE.count(right) == 1, "the mistake must change one place"
    with pytest.raises(WrongRule) as refused:
        read(SMALL_RULE.replace(right, wrong))
    assert str(refused.value).startswith("small/2020-01-01.toml")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("items", "fits"), [(300, True), (301, False)])
def test_a_category_has_up_to_300_items(items: int, fits: bool) -> None:
    rows = ", ".join(f'{{ code = "i{number}", zh = "项", en = "I" }}' for number in range(items))
    category = SMALL_RULE[SMALL_RULE.index("items = ") : SMALL_RULE.index("\n\n[[fact]]")]
    text = SMALL_RULE.replace(category, f"items = [{rows}]")
    if fits:
        assert len(read(text).checklist) == 300
    else:
        with pytest.raises(WrongRule, match="category 1: 301 items; a category has at most 300"):
            read(text)


def test_a_weight_and_a_best_answer_are_those_of_the_item_and_its_fact() -> None:
    edition = read(SMALL_RULE.replace('en = "Swept"', 'en = "Swept", weight = 2.5, best = 100'))
    swept, painted = (edition.facts[name] for name in ("swept", "painted"))
    assert (swept.weight, swept.best, painted.weight, painted.best) == (Decimal("2.5"), 100, 1, 1)


def test_the_line_of_a_toml_mistake_is_named() -> None:
    with pytest.raises(WrongRule, match="line 4"):
        read(SMALL_RULE.replace("start = 10", "start = = 10"))


def test_a_file_must_be_named_for_its_first_day(tmp_path: Path) -> None:
    path = tmp_path / "small" / "2009-13-01.toml"
    path.parent.mkdir()
    path.write_text(SMALL_RULE, encoding="utf-8")
    with pytest.raises(WrongRule, match=r"small/2009-13-01.toml: the name must be the first day in force"):
        read_edition(path)


def test_an_edition_read_from_a_file_is_the_one_read_from_its_text(tmp_path: Path) -> None:
    path = tmp_path / "small" / "2020-01-01.toml"
    path.parent.mkdir()
    path.write_text(SMALL_RULE, encoding="utf-8")
    assert read_edition(path) == read(SMALL_RULE)
    assert read(SMALL_RULE + "\n").sha256 != read(SMALL_RULE).sha256


def test_figures_stay_exactly_as_written() -> None:
    each, share = read(SMALL_RULE).criteria
    assert isinstance(each, PerCount)
    assert isinstance(share, Share)
    assert each.points == Decimal("-2.5")
    assert share.needs == (FactColumn("swept"), FactColumn("painted"))


def test_a_cap_over_several_facts_gives_the_window_to_those_that_have_one() -> None:
    cap = edition_on("baoan", DAY).caps[-1]
    assert [need.column for need in cap.conditions[0].needs] == [
        "overdue_hazards",
        "bad_influence_cases:12m",
        "fire_accidents:12m",
        "unlawful_businesses:12m",
    ]


def test_the_rule_sets_are_those_with_a_folder() -> None:
    assert set(rule_sets()) >= {*SHIPPED}  # another may be added by its folder alone
    assert list(rule_sets()) == sorted(path.name for path in RULES.iterdir() if path.is_dir())


def test_an_edition_is_in_force_from_its_first_day() -> None:
    assert edition_on("qishuyan", date(2009, 10, 1)).in_force == date(2009, 10, 1)
    with pytest.raises(NoRuleInForce, match="had begun by 2009-09-30; the first is in force from 2009-10-01"):
        edition_on("qishuyan", date(2009, 9, 30))


def test_the_later_of_two_editions_is_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small").mkdir()
    for day in ("2009-10-01", "2012-01-01"):
        (tmp_path / "small" / f"{day}.toml").write_text(SMALL_RULE, encoding="utf-8")
    monkeypatch.setattr("scoring.rulebook.editions.RULES", tmp_path)
    monkeypatch.setattr("scoring.rulebook.editions.rule_sets", lambda: ("small",))
    assert edition_on("small", date(2011, 12, 31)).in_force == date(2009, 10, 1)
    assert edition_on("small", date(2012, 1, 1)).in_force == date(2012, 1, 1)


def test_a_rule_set_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(NoSuchRuleSet, match=r"There is no rule set 'longgang'; there are .*baoan.*qishuyan"):
        edition_on("longgang", DAY)


def test_every_mistake_of_the_room_has_one_base() -> None:
    assert all(issubclass(error, ScoringError) for error in (WrongRule, NoRuleInForce, NoSuchRuleSet))


def test_only_the_edition_as_published_warns() -> None:
    for rule_set in SHIPPED:
        assert bool(edition_on(rule_set, DAY).warning) == (rule_set == "qishuyan_as_published")


def test_what_an_author_says_of_the_police_changes_no_fact() -> None:
    published = edition_on("qishuyan_as_published", DAY)
    silent = edition_from(published.text.replace("police_only = true\n", ""), published.rule_set, published.in_force)
    assert "police_only" in published.text
    assert silent.facts == published.facts


def test_the_default_qishuyan_says_what_it_left_out_and_why() -> None:
    left_out = edition_on("qishuyan", DAY).left_out
    assert [one.quote[:4] for one in left_out] == ["对租住人", "对居住人"]
    assert all(one.why.zh and one.why.en for one in left_out)


def test_the_signs_are_word_for_word() -> None:
    red, yellow, *_ = edition_on("qishuyan", DAY).grades
    assert red.sign and red.sign.zh == "本出租房内管理较乱、6个月内连续发生过刑事案件,请租房客注意人身财产安全"
    assert yellow.sign and yellow.sign.zh == "本出租房内管理较乱,近期发生过刑事案件或存在治安隐患,请租客多加注意"


def test_the_visits_are_those_of_the_rules() -> None:
    assert edition_on("qishuyan", DAY).inspect_every_days == {
        "red": {"officer": 10, "assistant": 7},
        "yellow": {"officer": 14},
        "green": {"officer": 21},
        "star": {"officer": 60},
    }
    days = [days["officer"] for days in edition_on("baoan", DAY).inspect_every_days.values()]
    assert days == [10, 21, 45, 90, 180]


def test_qishuyan_reads_items_of_the_bao_an_check_list() -> None:
    items = {item.code for item in edition_on("baoan", DAY).checklist}
    for fact in edition_on("qishuyan", DAY).facts.values():
        assert fact.kind != "answer" or fact.of[0] in items


def test_a_required_fact_is_needed_though_nothing_else_reads_it() -> None:
    edition = edition_on("teda", DAY)
    assert edition.required == (FactColumn("inspections"),)
    assert [need.column for need in edition.needs] == [
        "open_high_hazards",
        "open_hazards",
        "late_hazards",
        "hazards_found:12m",
        "inspections",
    ]


def test_the_cost_of_an_item_is_that_of_its_fact() -> None:
    edition = read(SMALL_RULE.replace('en = "Swept"', 'en = "Swept", cost = 2'))
    assert [(item.code, item.cost) for item in edition.checklist] == [("swept", 2), ("painted", None)]
    assert (edition.facts["swept"].cost, edition.facts["painted"].cost, edition.facts["fires"].cost) == (2, None, None)


def test_yes_and_no_are_read_apart_from_points_for_each() -> None:
    kinds = [type(criterion) for criterion in edition_on("qishuyan", DAY).criteria]
    assert kinds == [PerCount, PerCount, YesNo, YesNo, YesNo, YesNo, YesNo]
