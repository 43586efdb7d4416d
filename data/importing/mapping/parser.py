"""Mapping files: TOML → a checked SourceMapping. Everything unknown is refused, with file, position and cure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from zoneinfo import available_timezones

from data.db.models.city import LEVELS, Building, City
from data.errors import why_not
from data.importing.errors import WrongMapping
from data.importing.mapping.blocks import block as parsed_block
from data.importing.mapping.fields import DAY_FIELDS, TARGETS, length_of
from data.importing.mapping.keys import condition, one_or_more, optional
from data.importing.mapping.schema import REPEATED_KEYS, Block, CityTable, Exclusion, SourceMapping
from data.importing.mapping.source import Condition
from data.importing.source_formats import FORMATS, WITH_OUTLINES
from data.importing.text_encodings import ENCODINGS, encoding_named
from geo.coordinates import DATUMS
from scoring.errors import Sentence, WrongRule
from scoring.rulebook.editions import Rulebook, rule_sets
from scoring.rulebook.toml_table import Table, table

LONGEST_REASON = length_of(Building, "off_map")
NEEDS = {  # a block → the blocks it needs
    "home": ("project", "building"),
    "inspection": ("building",),
    "hazard": ("building",),
    "event": ("building",),
    "home_state": ("home",),
    "officer_leave": ("officer",),
}
SEVERAL = ("hazard", "event", "home_state")
OUTLINED = ("area", "ground")  # filled from the file's own geometry
DEFAULT_MISSING = ("",)
CITY_CODE = re.compile(r"[\w-]+")


def read_mapping(path: Path) -> SourceMapping:
    """The mapping in a file. Raises WrongMapping with file, position and cure."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongMapping(
            "{path}: cannot be read as a UTF-8 text file ({why}); name a mapping file.", path=path, why=why_not(error)
        ) from error
    return _read(path, text)


def mapping_of(name: str, text: str) -> SourceMapping:
    """The mapping in a text that is in no file, called `name`. Raises WrongMapping."""
    return _read(Path(f"{name}.toml"), text)


def _read(path: Path, text: str) -> SourceMapping:
    try:
        with table(path.name, text) as top:
            mapping = _mapping(path, top)
            _check_blocks(top, mapping)
            return mapping
    except WrongRule as error:  # the TOML reader is the rule files' own
        raise WrongMapping(error.template, **error.values) from error


def _mapping(path: Path, top: Table) -> SourceMapping:
    missing = frozenset(top.strings("missing") if "missing" in top else DEFAULT_MISSING) | {""}
    city_table = _city(top.table("city")) if isinstance(top.values.get("city"), Mapping) else None
    return SourceMapping(
        name=path.stem,
        path=path,
        title=top.string("title"),
        city=city_table.code if city_table else top.string("city"),
        city_table=city_table,
        files=top.string("files"),
        formats=one_or_more(top, "format", FORMATS),
        source=optional(top, "source", path.stem),
        blocks=_blocks(top, missing),
        missing=missing,
        sheet=optional(top, "sheet", None),
        layer=optional(top, "layer", None),
        delimiter=_delimiter(top),
        heading_row=top.whole_or_none("heading_row", least=1),
        encoding=_encoding(top),
        outline_datum=top.choice("outline_datum", DATUMS) if "outline_datum" in top else "WGS84",
        mend_outlines=top.flag("mend_outlines"),
        leave_out=_exclusions(top, "leave_out"),
        off_map=_exclusions(top, "off_map"),
        formerly=one_or_more(top, "formerly") if "formerly" in top else (),
        repeated_keys=top.choice("repeated_keys", REPEATED_KEYS) if "repeated_keys" in top else "ask",
    )


def _blocks(top: Table, missing: frozenset[str]) -> dict[str, Block]:
    """By table; what happened and states of homes may stand several times, as a row may bring several of them."""
    blocks = {}
    for name in TARGETS:
        if name not in top:
            continue
        if isinstance(top.values[name], list):
            if name not in SEVERAL:
                raise top.wrong("[[{name}]] stands several times; only {several} may", name=name, several=SEVERAL)
            for number, one in enumerate(top.tables(name), 1):
                blocks[name if number == 1 else f"{name} {number}"] = parsed_block(name, one, missing)
        else:
            blocks[name] = parsed_block(name, top.table(name), missing)
    return blocks


def _encoding(top: Table) -> str | None:
    if "encoding" not in top:
        return None
    said = top.string("encoding")
    return top.one_of("encoding", encoding_named(said) or said, tuple(ENCODINGS))


def _delimiter(top: Table) -> str | None:
    if "delimiter" not in top:
        return None
    value = top.values["delimiter"]
    if not isinstance(value, str) or len(value) != 1:
        raise top.wrong('\'delimiter\' must be one character such as "," or "\\t", not {value!r}', value=value)
    return value


def _city(city: Table) -> CityTable:
    with city:
        return CityTable(
            code=_city_code(city),
            names=_names(city, "names"),
            bounds=_bounds(city),
            levels=_levels(city),
            rule_sets=_rule_sets(city),
            licence=optional(city, "licence", ""),
            invented=city.flag("invented"),
            time_zone=_time_zone(city),
        )


def _time_zone(city: Table) -> str | None:
    if "time_zone" not in city:
        return None
    name = city.string("time_zone")
    if name not in available_timezones():
        raise city.wrong("'time_zone' says '{name}'; write it like Asia/Shanghai or Europe/London", name=name)
    return name


def _city_code(city: Table) -> str:
    code, longest = city.string("code"), length_of(City, "code")
    if CITY_CODE.fullmatch(code) and len(code) <= longest:
        return code
    raise city.wrong(
        "'code' must be 1 to {longest} letters, digits, '-' and '_', not {code!r}: files and addresses are named by it",
        longest=longest,
        code=code,
    )


def _rule_sets(city: Table) -> tuple[str, ...]:
    names = city.strings("rule_sets", allowed=rule_sets())
    if not names:
        raise city.wrong("'rule_sets' must name at least one of {known}", known=rule_sets())
    if len(set(names)) < len(names):
        raise city.wrong("'rule_sets' names a rule set twice; name each once")
    for name in names:
        _check_rule_files(city, name)
    return names


def _check_rule_files(city: Table, rule_set: str) -> None:
    try:
        there = Rulebook().editions(rule_set)
    except WrongRule as wrong:
        raise city.wrong(
            "'rule_sets' names '{rule_set}', of which a rule file is wrong ({wrong})", rule_set=rule_set, wrong=wrong
        ) from wrong
    if not there:
        raise city.wrong(
            "'rule_sets' names '{rule_set}', and {folder} holds no rule file; add one such as 2024-01-01.toml, or name "
            "another",
            rule_set=rule_set,
            folder=f"scoring/rules/{rule_set}",
        )


def _names(owner: Table, key: str) -> dict[str, str]:
    text = owner.text(key)
    return {"zh": text.zh, "en": text.en}


def _levels(city: Table) -> dict[str, dict[str, str]]:
    with city.table("levels") as levels:
        names = {level: _names(levels, level) for level in LEVELS if level in levels}
        if not names:
            raise levels.wrong("name at least one of {levels}", levels=LEVELS)
        return names


def _bounds(city: Table) -> tuple[float, float, float, float]:
    value = city.value("bounds")
    numbers = isinstance(value, list) and all(isinstance(edge, int | Decimal) for edge in value) and len(value) == 4
    if numbers:
        west, south, east, north = (float(edge) for edge in value)
        if -180 <= west < east <= 180 and -85 <= south < north <= 85:
            return west, south, east, north
    raise city.wrong("'bounds' must be [west, south, east, north] in degrees, west < east and south < north")


def _exclusions(top: Table, key: str) -> tuple[Exclusion, ...]:
    exclusions = []
    for exclusion in top.tables(key):
        with exclusion:
            exclusions.append(Exclusion(_of_geometry_or_column(exclusion), _reason(exclusion)))
    return tuple(exclusions)


def _of_geometry_or_column(exclusion: Table) -> Condition | None:
    """The condition; None where it is the geometry that is missing."""
    if "geometry" not in exclusion:
        return condition(exclusion)
    exclusion.choice("geometry", ("missing",))
    return None


def _reason(exclusion: Table) -> str:
    """One sentence, or Chinese and English parted by a stroke."""
    if isinstance(exclusion.value("reason"), str):
        reason = exclusion.string("reason")
    else:
        both = exclusion.text("reason")
        reason = f"{both.zh} / {both.en}"
    if len(reason) > LONGEST_REASON:
        raise exclusion.wrong(
            "'reason' has {length} characters; at most {longest_reason} fit",
            length=len(reason),
            longest_reason=LONGEST_REASON,
        )
    return reason


def _check_blocks(top: Table, mapping: SourceMapping) -> None:
    if not mapping.blocks:
        raise top.wrong("no table is filled; add one of [{targets}]", targets="], [".join(TARGETS))
    for name, needed in NEEDS.items():
        for other in needed:
            if name in mapping.blocks and other not in mapping.blocks:
                raise top.wrong(
                    "[{name}] needs [{other}] beside it, so that each {kind} knows its {needed}",
                    name=name,
                    other=other,
                    kind=Sentence(name),
                    needed=Sentence(other),
                )
    for name, block in mapping.blocks.items():
        if block.latest and block.latest_by is None and not DAY_FIELDS.keys() & mapping.blocks.keys():
            raise top.wrong("[{name}] keeps the latest row; say by which day with 'latest_by'", name=name)
    by_geometry = [name for name, block in mapping.blocks.items() if name in OUTLINED or _by_geometry(block)]
    if by_geometry and not set(mapping.formats) <= set(WITH_OUTLINES):
        raise top.wrong(
            "[{table}] reads the file's geometry; 'format' must be geojson or gpkg, shapefile or geoparquet",
            table=by_geometry[0],
        )
    if mapping.mend_outlines and not set(OUTLINED) & mapping.blocks.keys():
        raise top.wrong("'mend_outlines' speaks of areas and the ground; add [area] or [ground], or leave it out")
    if mapping.off_map and "building" not in mapping.blocks:
        raise top.wrong("'off_map' speaks of buildings; add [building] or use [[leave_out]]")


def _by_geometry(block: Block) -> bool:
    return block.place is not None and block.place.lon is None
