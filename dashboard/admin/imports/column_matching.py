"""How a file is read: a mapping that is there, or one made by matching columns on the screen."""

from collections.abc import Sequence
from fnmatch import fnmatch

import pandas as pd
import streamlit as st

from dashboard.admin.imports.upload_store import Upload
from dashboard.admin.imports.ways_of_reading import sample_shown, ways_of_reading
from dashboard.admin.imports.ways_of_writing import day_order_asked, number_form_asked, which_day_asked
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.choices import distinct_labels, offered, select_by_id
from dashboard.look.plain_text import as_text
from data.access.roles import SYSTEM, AccessScope
from data.db.engine import reading
from data.db.models.city import City
from data.importing.errors import WrongMapping
from data.importing.mapping.builder import Match, built, name_for
from data.importing.mapping.choose_mapping import earlier_sources, every_mapping
from data.importing.mapping.guess_columns import (
    PLACE,
    SLOTS,
    TARGETS_ON_SCREEN,
    Sample,
    guessed,
    incomplete_days,
    likely_target,
    undecided_days,
)
from data.importing.mapping.number_forms import NumberForm, number_field
from data.importing.mapping.saved_mappings import saved_mappings
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.history import cities_to_import_into, levels_with_areas
from geo.coordinates import DATUMS

MATCH_HERE = ""  # stands among the names of mappings for "match the columns here"
NOTHING = None
COLUMNS_A_ROW = 3
EXAMPLES = 3
LONGEST_EXAMPLE = 26


def mapping_chosen(scope: AccessScope, upload: Upload, t: Translator) -> tuple[SourceMapping, str | None] | None:
    """The mapping, and its text where it was made here and is to be kept; None where something is missing yet."""
    with reading(database(), SYSTEM) as session:
        cities = cities_to_import_into(session, scope)
        mappings = _offered(every_mapping(saved=saved_mappings(session)), cities, scope)
        levels = {city.code: levels_with_areas(session, city) for city in cities}
        session.expunge_all()
    names = [MATCH_HERE, *mappings]
    name = select_by_id(
        t("imports.mapping"),
        names,
        lambda one: t("imports.match") if one == MATCH_HERE else f"{mappings[one].title} · {one}",
        index=names.index(_best_match(mappings, upload)),
        key=f"import_mapping_{upload.path.name}",
    )
    if name is None:
        return None
    if name != MATCH_HERE:
        return mappings[name], None
    if not cities:
        st.info(t("imports.no_city"))
        return None
    return _mapping_from_columns(upload, cities, levels, mappings, t)


def _offered(every: Sequence[SourceMapping], cities: Sequence[City], scope: AccessScope) -> dict[str, SourceMapping]:
    """Those of cities the viewer may change; of one yet to be made only for who sees every city."""
    city_codes = {city.code for city in cities}
    may_add_city = scope.areas is None
    return {
        mapping.name: mapping
        for mapping in every
        if mapping.city in city_codes or (may_add_city and mapping.city_table is not None)
    }


def _best_match(mappings: dict[str, SourceMapping], upload: Upload) -> str:
    fitting = [
        mapping.name for mapping in mappings.values() if mapping.files != "*" and fnmatch(upload.name, mapping.files)
    ]
    return fitting[0] if len(fitting) == 1 else MATCH_HERE


def _mapping_from_columns(
    upload: Upload,
    cities: Sequence[City],
    levels: dict[str, tuple[str, ...]],
    mappings: dict[str, SourceMapping],
    t: Translator,
) -> tuple[SourceMapping, str] | None:
    left, middle, _ = st.columns(COLUMNS_A_ROW)
    by_code = {city.code: city for city in cities}
    with left:
        code = select_by_id(
            t("control.city"), by_code, lambda code: t.of(by_code[code].names), key=f"city-{upload.path.name}"
        )
    if code is None:
        return None
    city = by_code[code]
    file_sample = sample_shown(upload, t)
    if file_sample is None:
        return None
    target = middle.selectbox(
        t("imports.target"),
        TARGETS_ON_SCREEN,
        index=TARGETS_ON_SCREEN.index(likely_target(file_sample, city.bounds)),
        format_func=lambda code: t(f"imports.{code}"),
        key=f"target-{upload.path.name}-{city.code}-{file_sample.headings}",
    )
    target = offered(target, TARGETS_ON_SCREEN, TARGETS_ON_SCREEN[0])
    matches, numbers = _slots(target, file_sample, city, upload, t)
    settings = _datum_and_level(target, file_sample, matches, city, levels[city.code], upload, t)
    if None in numbers.values():
        st.info(t("imports.choose_number_form"))
        return None
    settings["numbers"] = numbers
    left, middle, _ = st.columns(COLUMNS_A_ROW)
    if incomplete := incomplete_days(target, matches, file_sample):
        settings["which_day"] = which_day_asked(middle, incomplete, f"which-day-{upload.path.name}", t)
    if undecided := undecided_days(target, matches, file_sample):
        settings["day_order"] = day_order_asked(left, undecided, f"day-order-{upload.path.name}", t)
        if not settings["day_order"]:
            st.info(t("imports.choose_day_order"))
            return None
    title = f"{city.names['en']}: {upload.name}"
    name = name_for(upload.name.rsplit(".", 1)[0], city.code, target, set(mappings))
    settings["formerly"] = earlier_sources(mappings.values(), city.code, target)
    settings |= ways_of_reading(file_sample, upload)
    match = Match(name, title, city.code, target, matches, **settings)
    return _build_mapping(match, file_sample, t)


def _slots(
    target: str, file_sample: Sample, city: City, upload: Upload, t: Translator
) -> tuple[dict[str, str], dict[str, NumberForm | None]]:
    """A box a field, each with the column that was guessed; a star where it cannot be left out.

    Slot → column, and slot → how its numbers are written, None where that must be said first.
    """
    guess = guessed(target, file_sample, city.bounds)
    slots = [slot for slot in SLOTS[target] if not (file_sample.drawn and slot.name in PLACE)]
    options = [NOTHING, *file_sample.headings]
    matches: dict[str, str] = {}
    numbers: dict[str, NumberForm | None] = {}
    name_of = distinct_labels(options, lambda one: t("imports.not_there") if one is None else one)
    for start in range(0, len(slots), COLUMNS_A_ROW):
        for box, slot in zip(st.columns(COLUMNS_A_ROW), slots[start : start + COLUMNS_A_ROW], strict=False):
            key = f"{upload.path.name}-{city.code}-{target}-{slot.name}-{file_sample.headings}"
            column = box.selectbox(
                t(f"imports.slot_{slot.name}") + (" *" if slot.required else ""),
                options,
                index=options.index(guess.get(slot.name)),
                format_func=name_of,
                placeholder=t("imports.not_there"),  # what Streamlit shows for None once it is known of
                key=f"slot-{key}",
            )
            column = offered(column, options, None)
            if column is None and slot.name == "key":
                box.caption(t("imports.without_key"))
            if column is not None:
                matches[slot.name] = column
                box.caption(as_text(_examples(file_sample, column)))
                if number := number_field(target, slot.name):
                    numbers[slot.name] = number_form_asked(box, column, number, file_sample, f"{key}-{column}", t)
    return matches, numbers


def _examples(file_sample: Sample, column: str) -> str:
    texts = [text for text in pd.unique(file_sample.examples[column]) if text][:EXAMPLES]
    shown = " · ".join(texts)
    return shown if len(shown) <= LONGEST_EXAMPLE else f"{shown[: LONGEST_EXAMPLE - 1]}…"


def _datum_and_level(
    target: str,
    file_sample: Sample,
    matches: dict,
    city: City,
    levels: Sequence[str],
    upload: Upload,
    t: Translator,
) -> dict:
    """What a column alone does not say: the datum of places, the level of areas and of those of officers."""
    settings: dict = {}
    has_places = file_sample.drawn or set(PLACE) <= matches.keys()
    left, middle, _ = st.columns(COLUMNS_A_ROW)
    if target in ("area", "officer"):
        settings["level"] = left.selectbox(
            t("imports.level"),
            list(city.levels),
            format_func=distinct_labels(city.levels, lambda one: t.of(city.levels[one])),
            key=f"level-{upload.path.name}-{city.code}",
        )
        settings["level"] = offered(settings["level"], city.levels, next(iter(city.levels)))
    if target == "area" or (target == "building" and has_places):
        box = middle if target == "area" else left
        settings["datum"] = box.selectbox(
            t("imports.datum"),
            DATUMS,
            help=t("imports.datum_help"),
            format_func=lambda one: t(f"imports.datum_{one}"),
            key=f"datum-{upload.path.name}-{target}",
        )
        settings["datum"] = offered(settings["datum"], DATUMS, DATUMS[0])
    if target == "building" and has_places and levels:
        settings["by_place"] = tuple(levels)
    return settings


def _build_mapping(match: Match, file_sample: Sample, t: Translator) -> tuple[SourceMapping, str] | None:
    missing = [slot for slot in SLOTS[match.target] if slot.required and slot.name not in match.matches]
    if missing:
        names = t.listed(t(f"imports.slot_{slot.name}") for slot in missing)
        st.info(t("imports.choose_column", names=as_text(names)))
        return None
    try:
        text, mapping = built(match, file_sample)
    except WrongMapping as wrong:
        st.error(as_text(t.sentence(wrong)))
        return None
    with st.expander(t("imports.as_text")):
        st.code(text, language="toml")
        st.caption(t("imports.as_text_help", name=as_text(match.name)))
    return mapping, text
