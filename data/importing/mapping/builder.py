"""Columns matched on the screen → the text of a mapping file, checked like any other."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from data.importing.mapping.fields import TARGETS
from data.importing.mapping.guess_columns import (
    ASK_ORDER,
    MISSING,
    PLACE,
    SLOTS,
    Sample,
    day_form,
    has_meanings,
    meanings,
)
from data.importing.mapping.number_forms import AS_PROGRAMS_WRITE, NumberForm
from data.importing.mapping.parser import mapping_of
from data.importing.mapping.schema import BY_PLACE, SourceMapping
from data.importing.source_formats import alike
from scoring.turning_signs import TURNING

TO_CODE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Match:
    """What was chosen on the screen.

    matches: slot → column; level: of areas, or of those of officers; by_place: levels found by outlines; day_order: of
    days that do not say it; which_day: that a month or a year stands for, "" for none; formerly: sources of earlier
    mappings for the same records, see `made_on_screen`. numbers: slot → how its column writes them, where it is not as
    programs do.
    """

    name: str
    title: str
    city: str
    target: str
    matches: Mapping[str, str]
    datum: str = "WGS84"
    level: str = ""
    by_place: tuple[str, ...] = ()
    delimiter: str = ","
    heading_row: int = 1
    sheet: str = ""
    layer: str = ""
    encoding: str = ""
    missing: tuple[str, ...] = MISSING
    day_order: str = ""
    which_day: str = ""
    formerly: tuple[str, ...] = ()
    numbers: Mapping[str, NumberForm] = field(default_factory=dict)


def built(match: Match, sample: Sample) -> tuple[str, SourceMapping]:
    """The text and the mapping it says. Raises WrongMapping with what is missing."""
    text = mapping_text(match, sample)
    return text, mapping_of(match.name, text)


def mapping_text(match: Match, sample: Sample) -> str:
    blocks = {
        "area": _area,
        "building": _building,
        "officer": _officer,
    }.get(match.target, _dated)(match, sample)
    return "\n".join([*_top(match, sample), "", *blocks]) + "\n"


def _top(match: Match, sample: Sample) -> list[str]:
    lines = [
        f"title = {quoted(match.title)}",
        f"city = {quoted(match.city)}",
        f"files = {quoted('*')}",
        f"format = {json.dumps(alike(sample.kind))}",
        f"missing = [{', '.join(quoted(text) for text in match.missing)}]",
    ]
    if TARGETS[match.target].is_fact:
        lines.append(f"source = {quoted(match.target)}")  # whatever the file is called
        if match.formerly:
            lines.append(f"formerly = [{', '.join(quoted(name) for name in match.formerly)}]")
    if match.delimiter != ",":
        lines.append(f"delimiter = {quoted(match.delimiter)}")
    if match.heading_row > 1:
        lines.append(f"heading_row = {match.heading_row}")
    for key, said in (("sheet", match.sheet), ("layer", match.layer), ("encoding", match.encoding)):
        if said:
            lines.append(f"{key} = {quoted(said)}")
    if match.target == "area" and match.datum != "WGS84":
        lines.append(f"outline_datum = {quoted(match.datum)}")
    return lines


def _area(match: Match, sample: Sample) -> list[str]:
    return ["[area]", f"level = {quoted(match.level)}", *_fields(match, sample)]


def _building(match: Match, sample: Sample) -> list[str]:
    lines = ["[building]", *_fields(match, sample)]
    if set(PLACE) <= match.matches.keys():
        place = [f"{side} = {_source(side, 'degrees', match, sample)}" for side in PLACE]
        lines += ["", "[building.place]", *place, f"datum = {quoted(match.datum)}"]
    elif sample.drawn:
        lines += ["", "[building.place]", "geometry = true", f"datum = {quoted(match.datum)}"]
    if match.by_place:
        lines += ["", "[building.areas]", *(f"{level} = {quoted(BY_PLACE)}" for level in match.by_place)]
    return lines


def _officer(match: Match, sample: Sample) -> list[str]:
    area = f"area = {{ level = {quoted(match.level)}, code = {_column(match.matches['area'])} }}"
    return ["[officer]", *_fields(match, sample), area]


def _dated(match: Match, sample: Sample) -> list[str]:
    """Inspections, hazards and events: the building is looked up, never created."""
    lines = ["[building]", "existing = true"]
    if "building" in match.matches:
        lines.append(f"code = {_column(match.matches['building'])}")
    lines += ["", f"[{match.target}]"]
    if "key" in match.matches:
        lines.append(f"key = {_column(match.matches['key'])}")
    lines += _fields(match, sample)
    if "resolved" in match.matches:
        lines += ["", "[[hazard.step]]", 'step = "resolved"', f"day = {_source('resolved', 'day', match, sample)}"]
    return lines


def _fields(match: Match, sample: Sample) -> list[str]:
    kinds = {slot.name: slot.kind for slot in SLOTS[match.target]}
    fields = [name for name in TARGETS[match.target].fields if name in match.matches and name in kinds]
    return [f"{name} = {_source(name, kinds[name], match, sample)}" for name in fields]


def _source(slot: str, kind: str, match: Match, sample: Sample) -> str:
    column = match.matches[slot]
    if kind == "day":
        form = day_form(text for text in sample.examples[column].str.strip() if text and text not in match.missing)
        stated = match.day_order if form == ASK_ORDER else form
        keys = [f"{key} = {quoted(said)}" for key, said in (("date", stated), ("which_day", match.which_day)) if said]
        return _column(column, *keys)
    if slot in match.numbers:
        return _column(column, *_number_keys(match.numbers[slot]))
    if has_meanings(slot) and (values := _values(slot, column, match, sample)):
        pairs = ", ".join(f"{quoted(theirs)} = {ours}" for theirs, ours in values.items())
        return _column(column, f"values = {{ {pairs} }}")
    return _column(column)


def _values(slot: str, column: str, match: Match, sample: Sample) -> dict[str, str]:
    """Their text → ours in TOML. An unknown text stays as it is where any text will do."""
    field_ = TARGETS[match.target].fields[slot]
    texts = [text.strip() for text in sample.different.get(column, ()) if text.strip() not in match.missing]
    values = meanings(slot, texts)
    if not values:
        return {}
    if field_.kind == "text" and field_.choices is None:
        values = {text: values.get(text, text) for text in texts}
    return {theirs: ours if field_.kind == "yes_no" else quoted(ours) for theirs, ours in values.items()}


def _number_keys(form: NumberForm) -> list[str]:
    keys = []
    if form.decimal != AS_PROGRAMS_WRITE.decimal:
        points = [quoted(point) for point in form.decimal]
        keys.append(f"decimal = {points[0] if len(points) == 1 else '[' + ', '.join(points) + ']'}")
    if form.thousands:
        keys.append(f"thousands = {quoted(form.thousands)}")
    if form.strip:
        keys.append(f"strip = [{', '.join(map(quoted, form.strip))}]")
    return keys


def _column(name: str, *more: str) -> str:
    return f"{{ {', '.join([f'column = {quoted(name)}', *more])} }}"


def quoted(text: str) -> str:
    """As TOML writes it between quotation marks."""
    return TURNING.sub(_by_number, json.dumps(text, ensure_ascii=False))


def _by_number(sign: re.Match[str]) -> str:
    """A sign that would turn the text of the mapping where a person reads it."""
    return f"\\U{ord(sign[0]):08x}"


def name_for(title: str, city: str, target: str, used: set[str]) -> str:
    """A short name for a mapping, that none has yet."""
    base = TO_CODE.sub("_", f"{city} {target} {title}".lower()).strip("_")[:60]
    return next(
        name for number in range(1, 10_000) if (name := base if number == 1 else f"{base}_{number}") not in used
    )
