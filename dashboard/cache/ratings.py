"""Ratings of a whole city for the studies, kept once for everybody with the same rights; pages show the user's own rows
of them only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Any

import numpy as np
import streamlit as st

from data.access.fact_rights import withheld_facts
from data.access.roles import SYSTEM, AccessScope
from data.city.city_facts import CityFacts
from data.city.seen_facts import fact_log_seen_by
from scoring.grading.facts import compute_facts
from scoring.grading.rating import Rating, rate
from scoring.rulebook.editions import Rulebook
from scoring.rulebook.model import Edition

RATINGS_KEPT = 6  # some 60 MB each at 175,700 buildings
GRADES_KEPT = 24  # a byte a building
BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {
    AccessScope: attrgetter("cache_key"),
    CityFacts: lambda city_facts: (city_facts.city, city_facts.version),
    Edition: lambda edition: (edition.rule_set, edition.in_force, edition.sha256),
}


def rated(scope: AccessScope, city_facts: CityFacts, edition: Edition, on: date) -> Rating:
    """Every building of the city under an edition or a draft, as of a day, by the facts the scope may see."""
    reader = replace(scope, areas=None, cities=()) if withheld_facts(scope, edition) else SYSTEM
    return _rated(reader, city_facts, edition, on)


@st.cache_resource(max_entries=RATINGS_KEPT, show_spinner=False, hash_funcs=BY_CONTENT)
def _rated(reader: AccessScope, city_facts: CityFacts, edition: Edition, on: date) -> Rating:
    return rate(compute_facts(fact_log_seen_by(reader, city_facts.fact_log), edition, on), edition)


def grades_in_force(city_facts: CityFacts, rules: Rulebook, rule_set: str, on: date) -> np.ndarray:
    """The grades every reader may see, int8 (n,): by the edition in force, so that no draft can ask for others."""
    return _grades(city_facts, rules.on(rule_set, on), on)


@st.cache_resource(max_entries=GRADES_KEPT, show_spinner=False, hash_funcs=BY_CONTENT)
def _grades(city_facts: CityFacts, edition: Edition, on: date) -> np.ndarray:
    return rate(compute_facts(city_facts.fact_log, edition, on), edition).grade
