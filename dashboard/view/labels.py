"""What themes, levels, grades and times since a visit are called on every page."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from dashboard.i18n import Translator
from data.city.filters import UNRATED, Moved
from data.db.models.city import City
from scoring.rulebook.model import Edition

AREA_LEVELS_OFFERED = ("district", "street", "community")  # thousands of grids would drown the list


class GradedCity(Protocol):
    """A city and the editions it is graded by, by rule set."""

    @property
    def city(self) -> City: ...

    @property
    def editions(self) -> Mapping[str, Edition]: ...


def levels_offered(levels: Sequence[str]) -> Sequence[str]:
    """The levels whose areas are offered one by one; of a city with no other level, all it has."""
    return [level for level in levels if level in AREA_LEVELS_OFFERED] or levels


def theme_name(context: GradedCity, theme: str, t: Translator) -> str:
    """What a theme is called: a rule set by its own title where it has no short name here, by its code where it grades
    the city no more."""
    key = f"theme.{theme}"
    if key in t:
        return t(key)
    return t.of(context.editions[theme].title) if theme in context.editions else theme


def level_name(context: GradedCity, level: str, t: Translator) -> str:
    return t.of(context.city.levels[level]) if level in context.city.levels else t(f"level.{level}")


def grade_names(context: GradedCity, rule_set: str, t: Translator) -> dict[str, str]:
    """By code, worst first, the unrated last."""
    names = {grade.code: t.of(grade.name) for grade in context.editions[rule_set].grades}
    return names | {UNRATED: t("grade.unrated")}


def moved_in_words(context: GradedCity, moved: Moved, t: Translator) -> str:
    """Since when, and from which grade to which."""
    if moved.direction is not None:
        return t(f"control.moved_{moved.direction}", since=moved.since, theme=theme_name(context, moved.rule_set, t))
    names = grade_names(context, moved.rule_set, t)
    any_grade = t("control.any_grade")
    before, after = (any_grade if code is None else names[code] for code in (moved.before, moved.after))
    theme = theme_name(context, moved.rule_set, t)
    return t("control.moved_between", since=moved.since, theme=theme, before=before, after=after)


def age_name(age: str, t: Translator) -> str:
    """age: days since the last visit, or "never"."""
    return t("control.never") if age == "never" else t("control.days", n=age)
