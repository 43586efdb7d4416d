"""Ratings of a whole city for the studies, kept once for everybody; pages show the user's own rows of them only."""

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from data.city.city_facts import CityFacts
from scoring.grading.facts import compute_facts
from scoring.grading.rating import Rating, rate
from scoring.rulebook.model import Edition

RATINGS_KEPT = 6  # some 60 MB each at 175,700 buildings
BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {
    CityFacts: lambda city_facts: (city_facts.city, city_facts.version),
    Edition: lambda edition: (edition.rule_set, edition.in_force, edition.sha256),
}


@st.cache_resource(max_entries=RATINGS_KEPT, show_spinner=False, hash_funcs=BY_CONTENT)
def rated(city_facts: CityFacts, edition: Edition, on: date) -> Rating:
    """Every building of the city under an edition or a draft, as of a day."""
    return rate(compute_facts(city_facts.fact_log, edition, on), edition)
